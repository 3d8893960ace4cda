"""Milesight WS136 and WS156: panels with several buttons to press.

Source: Milesight WS136 & WS156 user guide, chapter 5 "Device Payload"; the examples in the maker's codec descriptions.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    ff 34  pressed         1 byte button, 2 bytes the command that it gives to other devices

Channel of a press: the button as the device numbers it, from 1. There is no message when it is let go. The payload
table reads the last two bytes as a mode and an event, and its example is that of another model (WS101, ff 2e); the user
guide, the codec and the codec's example say a command, and nothing is read from it.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder, OutOfRange
from decoders.milesight.protocol import Entry, Found, reads, table, u8


def _pressed(payload: bytes, at: int, found: Found) -> None:
    if not payload[at]:
        raise OutOfRange(f"button 0 at position {at}: they are numbered from 1")
    found.add("button", 1.0, payload[at])


_TABLE = table({0x0175: u8("battery"), 0xFF34: Entry(3, _pressed)})


_WS136 = Decoder(
    vendor="Milesight",
    model="WS136",
    ports=ANY_PORT,
    quantities=("button", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
DECODERS = (_WS136, replace(_WS136, model="WS156"))
