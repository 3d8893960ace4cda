"""Dragino PS-LB: pressure or water level by a 4 to 20 mA probe, and a voltage.

Source: Dragino PS-LB decoders V1.1 and v1.2. Report on FPort 2 as delivered.

    2  BBBB KKVV IIII UUUU FF           report, 9 bytes
       - B: battery, mV; I: current, µA; U: voltage, mV
       - F: bit 0 a pin caused the report, bit 1 its level, bits 2 and 3 levels of IN2 and IN1, the rest alarms
       - K, V: the probe, set by the owner; its range is linear from 4 to 20 mA. K 0: water level, V the range in m.
         K 1: pressure, V one of the ranges below. K 2: difference of pressure, Pa, not in the vocabulary, not read
    3  KKVV IIII UUUU FF NNNNNNNN       data log
    5  device status
    7  currents or voltages without times: only the battery is read

Below 3.6 mA and above 21 mA the probe has failed, by NAMUR NE 43; the decoder prints 0 there, and from 3.6 to 4 mA,
where 0 is right; in the data log it takes the voltage for the current. It prints the ranges of V 1 to 9 as MPa in
version 1.1 and as kPa in version 1.2, with the same factors; they are those of the probes on sale in MPa. Those of
V 10 to 12 are kPa in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decoders.base import ANY_PORT, Absent, Decoded, Decoder, Reading, Reason, gather
from decoders.bits import u16_be
from decoders.dragino.protocol import (
    DATA_LOG,
    ROLLING_LOG,
    STATUS,
    ByPort,
    Value,
    data_log,
    expect,
    rolling_log,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH = 9
_LEVEL, _PRESSURE = 0, 1
_BROKEN, _ZERO, _FULL, _SHORTED = 3600, 4000, 20000, 21000
_BAR_PER_MPA, _BAR_PER_KPA = 10, 0.01


class _Range(NamedTuple):
    """Bar at 4 mA and at 20 mA."""

    low: float
    high: float


_MPA = {
    1: (0, 0.6),
    2: (0, 1),
    3: (0, 1.6),
    4: (0, 2.5),
    5: (0, 10),
    6: (0, 40),
    7: (0, 60),
    8: (0, -0.1),
    9: (-0.1, 0.1),
}
_KPA = {10: 5, 11: 50, 12: 100}
_RANGES = {
    **{kind: _Range(low * _BAR_PER_MPA, high * _BAR_PER_MPA) for kind, (low, high) in _MPA.items()},
    **{kind: _Range(0, high * _BAR_PER_KPA) for kind, high in _KPA.items()},
}


def _scaled(quantity: str, span: _Range, current: int, at: int | None) -> Value:
    if current < _BROKEN:
        return Absent(quantity, Reason.NOT_CONNECTED)
    if current > _SHORTED:
        return Absent(quantity, Reason.SATURATED)
    share = max(current - _ZERO, 0) / (_FULL - _ZERO)
    return Reading(quantity, span.low + share * (span.high - span.low), 0, at)


def _inputs(payload: bytes, kind: int, current: int, flags: int, at: int | None) -> Iterator[Value]:
    """`kind`, `current` and `flags` are positions; the voltage follows the current."""
    microampere = u16_be(payload, current)
    if payload[kind] == _LEVEL and payload[kind + 1]:
        yield _scaled("water_depth", _Range(0, payload[kind + 1]), microampere, at)
    elif payload[kind] == _PRESSURE and payload[kind + 1] in _RANGES:
        yield _scaled("water_pressure", _RANGES[payload[kind + 1]], microampere, at)
    yield Reading("loop_current", microampere / 1000, 0, at)
    yield Reading("input_voltage", u16_be(payload, current + 2) / 1000, 0, at)
    yield Reading("input", float(payload[flags] >> 3 & 1), 1, at)
    yield Reading("input", float(payload[flags] >> 2 & 1), 2, at)
    yield Reading("interrupt", float(payload[flags] & 1), 0, at)


def _report(payload: bytes) -> Decoded:
    expect(payload, 1, _LENGTH)
    if len(payload) == 1:
        return Decoded(())
    values = _inputs(payload, 2, 4, 8, None)
    return gather((*values, Reading("battery_voltage", u16_be(payload, 0) / 1000)))


def _entry(payload: bytes, position: int, at: int) -> Iterator[Value]:
    return _inputs(payload, position, position + 2, position + 6, at)


DECODER = Decoder(
    vendor="Dragino",
    model="PS-LB",
    ports=ANY_PORT,
    quantities=(
        *("water_depth", "water_pressure", "loop_current", "input_voltage", "input", "interrupt"),
        "battery_voltage",
    ),
    decode=ByPort(_report, {DATA_LOG: data_log(_entry), STATUS: status, ROLLING_LOG: rolling_log(2)}),
    aliases=("PS-LS", "PS-LB-NA", "PS-LS-NA"),
    differs=(
        "The level is in m, the pressure in bar; decoder 1.2 prints kPa where the probe's range is in MPa.",
        "A level or pressure below 3.6 mA or above 21 mA is absent; the maker prints 0, or more than the range.",
    ),
)
