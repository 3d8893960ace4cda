"""Dragino LDDS04 and DDS04-LB: four ultrasonic distance sensors on one transmitter.

Source: Dragino LDDS04 user manual, chapter 2.4 "Uplink Payload"; Dragino DDS04-LB decoder. Report on FPort 2 as
delivered.

    2  BBBB D1D1 D2D2 D3D3 D4D4 MM      report, 11 bytes
       - B: battery, mV, in the low 14 bits. LDDS04: bit 15 is set where the interrupt pin caused the report.
         DDS04-LB: bit 14 is that, bit 15 the level of the pin, which is not read
       - D: four distances, mm (the maker prints cm)
       - M: 1 report; 2 an answer with settings, 3 with calibration: nothing measured
    3  FF D1D1 D2D2 D3D3 NNNNNNNN       DDS04-LB, data log: F bit 0 interrupt; the fourth distance is not stored
    5  device status (DDS04-LB)

The manual names no sentinel; no sensor of the series can see 0 mm or 65535 mm, so those are no measurement.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Absent, Decoded, Decoder, Reading, Reason, UnknownMessage, gather
from decoders.bits import u16_be
from decoders.dragino.protocol import DATA_LOG, STATUS, ByPort, Value, battery, data_log, expect, status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decoders.dragino.protocol import Read

_LENGTH = 11
_NO_MEASUREMENT = frozenset({0, 0xFFFF})
_ANSWERS = frozenset({2, 3})


def _distance(raw: int, channel: int, at: int | None = None) -> Value:
    if raw in _NO_MEASUREMENT:
        return Absent("distance", Reason.NOT_AVAILABLE, channel)
    return Reading("distance", float(raw), channel, at)


def _report(interrupt_bit: int) -> Read:
    def read(payload: bytes) -> Decoded:
        expect(payload, _LENGTH)
        if payload[10] in _ANSWERS:
            return Decoded(())
        if payload[10] != 1:
            raise UnknownMessage(f"message type {payload[10]}")
        return gather(
            (
                *(_distance(u16_be(payload, 2 * channel), channel) for channel in (1, 2, 3, 4)),
                battery(payload),
                Reading("interrupt", float(payload[0] >> interrupt_bit & 1)),
            )
        )

    return read


def _entry(payload: bytes, position: int, at: int) -> Iterator[Value]:
    for channel in (1, 2, 3):
        yield _distance(u16_be(payload, position + 2 * channel - 1), channel, at)
    yield Reading("interrupt", float(payload[position] & 1), 0, at)


_LDDS04 = Decoder(
    vendor="Dragino",
    model="LDDS04",
    ports=ANY_PORT,
    quantities=("distance", "battery_voltage", "interrupt"),
    decode=ByPort(_report(7), {}),
    verified=True,
    differs=("Distances are in mm, the maker prints cm.",),
)

DECODERS = (
    _LDDS04,
    replace(
        _LDDS04,
        model="DDS04-LB",
        decode=ByPort(_report(6), {DATA_LOG: data_log(_entry), STATUS: status}),
        aliases=("DDS04-LS",),
    ),
)
