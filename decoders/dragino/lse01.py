"""Dragino LSE01 and SE01-LB: soil moisture, temperature and conductivity, with a DS18B20 that is rarely there.

Source: Dragino LSE01 user manual, chapters 2.3.3 and 2.3.4; decoders V1.0, V1.1.4, V1.2.1; examples in The Things
Network device repository. Report on FPort 2 as delivered.

    2  BBBB TTTT MMMM SSSS CCCC FF      report, 11 bytes
       - B: battery, mV, in the low 14 bits
       - T: DS18B20, signed 0.1 °C; 0 or 7fff: none
       - M: moisture by volume, 0.01 %
       - S: soil temperature, signed 0.01 °C
       - C: conductivity, µS/cm
       - F: bit 7 is the mode, bit 4 says that the probe was detected, the low bits that a pin caused the report
       In mode 1 M is the dielectric constant in 0.1, and S and C are uncalibrated numbers without a unit: not read
    3  data log (SE01-LB): the maker's decoder is another model's; not read
    5  device status (SE01-LB)

Firmware before 1.1.4 has something else in the last byte. It is told by the upper two bits of the battery, which newer
firmware leaves 0: where one is set, the last byte is not read. The manual subtracts 65535 from a temperature below
zero and has -1.29 °C for ff7e; it is two's complement, -1.30 °C.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Absent, Decoded, Decoder, Reading, Reason, UnsupportedMessage, gather
from decoders.bits import i16_be, u16_be
from decoders.dragino.protocol import DATA_LOG, STATUS, ByPort, Value, battery, expect, optional_probe, status

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH = 11
_OLD = 0xC0
_MODE, _DETECTED, _INTERRUPT = 0x80, 0x10, 0x0F
_SOIL = ("soil_moisture", "soil_temperature", "soil_conductivity")


def _soil(payload: bytes, *, old: bool) -> Iterator[Value]:
    flags = payload[10]
    if not old and not flags & _DETECTED and not any(payload[4:10]):
        for quantity in ("soil_permittivity",) if flags & _MODE else _SOIL:
            yield Absent(quantity, Reason.NOT_CONNECTED)
    elif not old and flags & _MODE:
        yield Reading("soil_permittivity", u16_be(payload, 4) / 10)
    else:
        yield Reading("soil_moisture", u16_be(payload, 4) / 100)
        yield Reading("soil_temperature", i16_be(payload, 6) / 100)
        yield Reading("soil_conductivity", float(u16_be(payload, 8)))


def _values(payload: bytes) -> Iterator[Value]:
    old = bool(payload[0] & _OLD)
    yield from _soil(payload, old=old)
    yield optional_probe(payload, 2)
    yield battery(payload)
    if not old:
        yield Reading("interrupt", float(bool(payload[10] & _INTERRUPT)))


def _report(payload: bytes) -> Decoded:
    expect(payload, _LENGTH)
    return gather(_values(payload))


def _data_log(_payload: bytes) -> Decoded:
    raise UnsupportedMessage("data log, for which the maker publishes another model's layout")


_LSE01 = Decoder(
    vendor="Dragino",
    model="LSE01",
    ports=ANY_PORT,
    quantities=(*_SOIL, "soil_permittivity", "probe_temperature", "battery_voltage", "interrupt"),
    decode=ByPort(_report, {}),
    verified=True,
    differs=(
        "A probe of 0.0 or 279.9 °C is absent: there is none, or it cannot be.",
        "Temperatures below zero are two's complement; the maker's decoder is 0.01 °C too high there.",
        "Three zeros from a probe that was not detected are absent.",
    ),
)

DECODERS = (
    _LSE01,
    replace(
        _LSE01,
        model="SE01-LB",
        decode=ByPort(_report, {DATA_LOG: _data_log, STATUS: status}),
        aliases=("SE01-LS",),
        verified=False,
    ),
)
