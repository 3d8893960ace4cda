"""Adeunis Pulse: two pulse counters for meters.

Source: Adeunis user guide and the maker's codec (TheThingsNetwork/lorawan-devices, vendor/adeunis, pulse). FPort 1.
The frame is described in `protocol`. Frames, with the places of their data:

    46  counters of the inputs A and B, 4 each
    5a  input A: counter 4, samples of 2 bytes: how much less it was before
    5b  input B, the same
    47  alarm: flow of A and of B, 2 each, pulses per hour, which are not reported
    30  keep alive: flags 1 (bits 0, 1 flow of A, B; 2, 3 tampering; 4, 5 leak), flows of the last day 8
    48  counters with the history of an hour, of earlier firmware: refused

Bit 2 of the status announces the time. Channel 1 is A, 2 is B.
"""

from __future__ import annotations

from decoders.adeunis.protocol import ONLY_NEWEST, PORT, Frame, bit, every, of, u32, unread
from decoders.base import Absent, Decoder, Reading

_FLAGS = {"alarm": 0x01, "tamper": 0x04, "meter_leak": 0x10}


def _alarm(_frame: bytes) -> list[Reading | Absent]:
    return [Reading("alarm", 1.0)]


_TABLE = {
    0x46: Frame(every(u32("pulses", 2, 1), u32("pulses", 6, 2)), 8),
    0x5A: Frame(every(u32("pulses", 2, 1)), 2, 2),
    0x5B: Frame(every(u32("pulses", 2, 2)), 2, 2),
    0x47: Frame(_alarm, 4),
    0x30: Frame(
        every(
            *(bit(quantity, 2, mask << line - 1, line) for quantity, mask in _FLAGS.items() for line in (1, 2)),
        ),
        9,
    ),
    0x48: unread("counters with the history of an hour, of an earlier firmware"),
}


DECODER = Decoder(
    vendor="Adeunis",
    model="Pulse",
    ports=(PORT,),
    quantities=("pulses", "alarm", "tamper", "meter_leak", "battery_low"),
    decode=of(_TABLE, timed=True),
    wraps={"pulses": 2**32},
    verified=True,
    differs=(ONLY_NEWEST,),
)
