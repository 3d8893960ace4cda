"""Dragino LLDS12, LDS12-LB, LDS25-LB and LDS40-LB: LiDAR distance, up to 12, 25 and 40 m, with an optional DS18B20.

Source: Dragino LLDS12 user manual, chapter "Uplink Payload", and example in The Things Network device repository;
Dragino LDS12-LB, LDS25-LB and LDS40-LB decoders. Report on FPort 2 as delivered.

    2  BBBB TTTT DDDD SSSS II CC MM     report, 11 bytes
       - B: battery, mV, in the low 14 bits
       - T: probe, signed 0.1 °C; 0 or 7fff: none
       - D: distance, mm (the maker prints cm)
       - S: strength of the reflection, no unit. 100 or less, or 65535: the distance is not to be trusted
       - I: bit 0 is set where the interrupt pin caused the report
       - C: temperature of the LiDAR chip, signed °C
       - M: 1 report; 2 an answer with settings, 3 with calibration: nothing measured
    3  FF xx DDDD SSSS CC NNNNNNNN      -LB models, data log: F bit 0 interrupt
    5  device status (-LB models)
    6  state of the wiper (LDS25-LB)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Absent, Decoded, Decoder, Reading, Reason, UnknownMessage, gather
from decoders.bits import i8, u16_be
from decoders.dragino.protocol import (
    DATA_LOG,
    STATUS,
    ByPort,
    Value,
    battery,
    data_log,
    expect,
    nothing_measured,
    optional_probe,
    status,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH = 11
_WIPER = 6
_ANSWERS = frozenset({2, 3})
_WEAK, _BLINDED = 100, 0xFFFF


def _distance(raw: int, strength: int, at: int | None = None) -> Value:
    if strength == _BLINDED:
        return Absent("distance", Reason.SATURATED)
    if strength <= _WEAK or not raw:
        return Absent("distance", Reason.NOT_AVAILABLE)
    return Reading("distance", float(raw), 0, at)


def _report(payload: bytes) -> Decoded:
    expect(payload, _LENGTH)
    if payload[10] in _ANSWERS:
        return Decoded(())
    if payload[10] != 1:
        raise UnknownMessage(f"message type {payload[10]}")
    return gather(
        (
            _distance(u16_be(payload, 4), u16_be(payload, 6)),
            optional_probe(payload, 2),
            Reading("device_temperature", float(i8(payload, 9))),
            battery(payload),
            Reading("interrupt", float(payload[8] & 1)),
        )
    )


def _entry(payload: bytes, position: int, at: int) -> Iterator[Value]:
    yield _distance(u16_be(payload, position + 2), u16_be(payload, position + 4), at)
    yield Reading("device_temperature", float(i8(payload, position + 6)), 0, at)
    yield Reading("interrupt", float(payload[position] & 1), 0, at)


_LB = {DATA_LOG: data_log(_entry), STATUS: status}

_LLDS12 = Decoder(
    vendor="Dragino",
    model="LLDS12",
    ports=ANY_PORT,
    quantities=("distance", "probe_temperature", "device_temperature", "battery_voltage", "interrupt"),
    decode=ByPort(_report, {}),
    verified=True,
    differs=(
        "Distances are in mm, the maker prints cm.",
        "A distance whose reflection is too weak or too strong is absent: the manual does not trust it.",
        "A probe of 0.00 °C is absent: the firmware sends 0 where no probe is connected.",
    ),
)

_LDS12 = replace(_LLDS12, model="LDS12-LB", decode=ByPort(_report, _LB), aliases=("LDS12-LS",), verified=False)

DECODERS = (
    _LLDS12,
    _LDS12,
    replace(_LDS12, model="LDS25-LB", decode=ByPort(_report, {**_LB, _WIPER: nothing_measured}), aliases=("LDS25-LS",)),
    replace(_LDS12, model="LDS40-LB", aliases=("LDS40-LS",)),
)
