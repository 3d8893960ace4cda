"""Dragino S31-LB and S31B-LB, LSN50v2-S31 and LSN50v2-S31B: outdoor air temperature and humidity (SHT31).

Source: Dragino S31-LB decoder v1.3, LSN50v2-S31 decoder v1.8.0; captured payload in akenza's device type library;
example in The Things Network device repository. Report on FPort 2 as delivered.

    2  BBBB NNNNNNNN FF SSSS HHHH       report, 11 bytes
       - B: battery, mV; N: time (before firmware 1.8 of the LSN50v2: probe and voltage that are not there)
       - F: bit 0 a pin caused the report, bits 2 to 6 the mode, bit 7 level of that pin
       - S: temperature, signed 0.1 °C; H: humidity, 0.1 %. 7fff or ffff: no sensor
       mode 31 answers with the limits of the alarm: nothing measured
    3  xxxx SSSS HHHH FF NNNNNNNN       data log; F bit 0 as above, bit 1 level of the pin
       xxxxxx SSSS HHHH NNNNNNNN        LSN50v2-S31
    5  device status; LSN50v2-S31: band, sub-band, firmware, report interval in s

The level of the pin is `input`: 1 is high, which the maker calls closed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage, gather
from decoders.bits import u16_be
from decoders.dragino.lsn50 import air
from decoders.dragino.protocol import DATA_LOG, ENTRY, STATUS, ByPort, Value, data_log, expect, interval_status, status

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMITS = 31


def _report(payload: bytes) -> Decoded:
    expect(payload, 1, ENTRY)
    if len(payload) == 1:
        return Decoded(())
    flags = payload[6]
    mode = flags >> 2 & 0x1F
    if mode == _LIMITS:
        return Decoded(())
    if mode:
        raise UnknownMessage(f"working mode {mode}")
    return gather(
        (
            *air(u16_be(payload, 7), u16_be(payload, 9)),
            Reading("battery_voltage", u16_be(payload, 0) / 1000),
            Reading("input", float(flags >> 7)),
            Reading("interrupt", float(flags & 1)),
        )
    )


def _entry(payload: bytes, position: int, at: int) -> Iterator[Value]:
    flags = payload[position + 6]
    yield from air(u16_be(payload, position + 2), u16_be(payload, position + 4), at)
    yield Reading("input", float(flags >> 1 & 1), 0, at)
    yield Reading("interrupt", float(flags & 1), 0, at)


def _older_entry(payload: bytes, position: int, at: int) -> Iterator[Value]:
    return air(u16_be(payload, position + 3), u16_be(payload, position + 5), at)


_S31 = Decoder(
    vendor="Dragino",
    model="S31-LB",
    ports=ANY_PORT,
    quantities=("air_temperature", "humidity", "input", "interrupt", "battery_voltage"),
    decode=ByPort(_report, {DATA_LOG: data_log(_entry), STATUS: status}),
    aliases=("S31-LS",),
    verified=True,
)

_LSN50 = replace(
    _S31,
    model="LSN50v2-S31",
    quantities=(*_S31.quantities, "report_interval"),
    decode=ByPort(_report, {DATA_LOG: data_log(_older_entry), STATUS: interval_status}),
    aliases=("S31",),
    differs=("Probe and voltage are not read: nothing is connected there, and newer firmware sends the time in them.",),
)

DECODERS = (
    _S31,
    replace(_S31, model="S31B-LB", aliases=("S31B-LS",), verified=False),
    _LSN50,
    replace(_LSN50, model="LSN50v2-S31B", aliases=("S31B",), verified=False),
)
