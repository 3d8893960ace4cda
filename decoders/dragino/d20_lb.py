"""Dragino D20-LB, D22-LB and D23-LB: one, two or three DS18B20 temperature probes on a cable.

Source: Dragino D23-LB decoder v1.3, which the maker publishes for the series. Report on FPort 2 as delivered.

    2  BBBB 1111 xxxx FF 2222 3333      report, 11 bytes
       - B: battery, mV
       - 1, 2, 3: probes, signed 0.1 °C; 7fff: none, and nothing is said of the second and third
       - F: bit 0 a pin caused the report, bits 2 to 6 the mode (3), bit 7 level of that pin
       mode 31 answers with the limits of the alarm: nothing measured
    3  1111 2222 3333 FF NNNNNNNN       data log; F bit 0 as above, bit 1 level of the pin
    5  device status

The level of the pin is `input`: 1 is high, which the maker calls closed. The example of The Things Network device
repository is another model's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Absent, Decoded, Decoder, Reading, UnknownMessage, gather
from decoders.bits import i16_be, u16_be
from decoders.dragino.protocol import DATA_LOG, ENTRY, STATUS, ByPort, Value, data_log, expect, probe, status

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROBES, _LIMITS = 3, 31


def _probes(payload: bytes, positions: tuple[int, int, int], at: int | None) -> Iterator[Value]:
    for channel, position in enumerate(positions, 1):
        value = probe(i16_be(payload, position), channel, at)
        if channel == 1 or not isinstance(value, Absent):
            yield value


def _report(payload: bytes) -> Decoded:
    expect(payload, ENTRY)
    flags = payload[6]
    mode = flags >> 2 & 0x1F
    if mode == _LIMITS:
        return Decoded(())
    if mode != _PROBES:
        raise UnknownMessage(f"working mode {mode}")
    return gather(
        (
            *_probes(payload, (2, 7, 9), None),
            Reading("battery_voltage", u16_be(payload, 0) / 1000),
            Reading("input", float(flags >> 7)),
            Reading("interrupt", float(flags & 1)),
        )
    )


def _entry(payload: bytes, position: int, at: int) -> Iterator[Value]:
    flags = payload[position + 6]
    yield from _probes(payload, (position, position + 2, position + 4), at)
    yield Reading("input", float(flags >> 1 & 1), 0, at)
    yield Reading("interrupt", float(flags & 1), 0, at)


_D20 = Decoder(
    vendor="Dragino",
    model="D20-LB",
    ports=ANY_PORT,
    quantities=("probe_temperature", "input", "interrupt", "battery_voltage"),
    decode=ByPort(_report, {DATA_LOG: data_log(_entry), STATUS: status}),
    aliases=("D20-LS", "D20S-LB"),
)

DECODERS = (
    _D20,
    replace(_D20, model="D22-LB", aliases=("D22-LS",)),
    replace(_D20, model="D23-LB", aliases=("D23-LS",)),
)
