"""Dragino LT-22222-L: inputs and outputs of a cabinet: two voltages, two current loops, contacts, counters, relays.

Source: Dragino LT-22222-L decoder v1.6; test of ChirpStack's device profiles. Report on FPort 2 as delivered.

    2  VVVVVVVV XXXXXXXX FF xx MM       report, 11 bytes; M: bits 6 and 7 the hardware (1), the rest the mode
       mode 1: V two voltages, X two currents; 2: V counter 1, X counter 2; 3: V counter 1, X two currents;
       4: V counter 1, X counter A; 5: V two voltages, X one current and counter 1 of 16 bits
       - voltages signed mV, currents signed µA, counters of 32 bits
       - F: bit 7 relay 1, bit 6 relay 2; bits 0 and 1: levels of the digital outputs, not read, as the maker does not
         say which of them is on; mode 1: bits 3 and 4 levels of digital inputs 1 and 2
       mode 6: which limits are armed, and which were passed: any that was passed is `alarm`
    5  band, sub-band, firmware, report interval in s

Channels: `output` 1 and 2 are the relays; counter A is channel 3. An input is closed where its level is high. The
counter of mode 5 has half the bits: it would seem to begin again too early, and is not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage
from decoders.bits import i16_be, u32_be
from decoders.dragino.protocol import ENTRY, STATUS, ByPort, expect, interval_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_HARDWARE = 1
_ANALOG, _LIMITS = 1, 6
_SECOND_COUNTER, _COUNTER_A = 2, 3


def _volts(payload: bytes) -> Iterator[Reading]:
    for channel in (1, 2):
        yield Reading("input_voltage", i16_be(payload, 2 * channel - 2) / 1000, channel)


def _current(payload: bytes, channel: int) -> Reading:
    return Reading("loop_current", i16_be(payload, 2 + 2 * channel) / 1000, channel)


def _pulses(payload: bytes, position: int, channel: int) -> Reading:
    return Reading("pulses", float(u32_be(payload, position)), channel)


def _analog(payload: bytes) -> Iterator[Reading]:
    yield from _volts(payload)
    yield _current(payload, 1)
    yield _current(payload, 2)
    for channel in (1, 2):
        yield Reading("input", float(payload[8] >> channel + 2 & 1), channel)


_MODES: dict[int, Callable[[bytes], Iterable[Reading]]] = {
    _ANALOG: _analog,
    2: lambda payload: (_pulses(payload, 0, 1), _pulses(payload, 4, _SECOND_COUNTER)),
    3: lambda payload: (_pulses(payload, 0, 1), _current(payload, 1), _current(payload, 2)),
    4: lambda payload: (_pulses(payload, 0, 1), _pulses(payload, 4, _COUNTER_A)),
    5: lambda payload: (*_volts(payload), _current(payload, 1)),
}


def _outputs(flags: int) -> Iterator[Reading]:
    yield Reading("output", float(flags >> 7), 1)
    yield Reading("output", float(flags >> 6 & 1), 2)


def _report(payload: bytes) -> Decoded:
    expect(payload, ENTRY)
    if payload[10] >> 6 != _HARDWARE:
        raise UnknownMessage(f"hardware {payload[10] >> 6}; {_HARDWARE} is the LT-22222-L")
    mode = payload[10] & 0x3F
    if mode == _LIMITS:
        return Decoded((Reading("alarm", float(bool(payload[1] or payload[2] & 0x0A))),))
    read = _MODES.get(mode)
    if read is None:
        raise UnknownMessage(f"mode {mode}")
    return Decoded((*read(payload), *_outputs(payload[8])))


DECODER = Decoder(
    vendor="Dragino",
    model="LT-22222-L",
    ports=ANY_PORT,
    quantities=("loop_current", "input_voltage", "pulses", "input", "output", "alarm", "report_interval"),
    decode=ByPort(_report, {STATUS: interval_status}),
    wraps={"pulses": 2**32},
    verified=True,
)
