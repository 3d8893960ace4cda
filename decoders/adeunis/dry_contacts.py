"""Adeunis Dry Contacts: four contacts.

Source: Adeunis user guide and the maker's codec (TheThingsNetwork/lorawan-devices, vendor/adeunis, drycontacts). FPort
1. The frame is described in `protocol`. Frames, with the places of their data:

    40  events of A to D, 2 each; states 1: bits 0, 2, 4, 6 of A to D, 1 is closed; the bits between are those before
    30  keep alive: events 8; states 1: bits 0 to 3
    41  a contact was closed too long: contact 1, minutes 2
    59  how long the contacts were closed: refused

Bit 2 of the status announces the time. Channels 1 to 4 are A to D. The events are not reported: the configuration
decides whether they are counted since the last frame or since the start.
"""

from __future__ import annotations

from decoders.adeunis.protocol import PORT, Frame, bit, every, of, unread
from decoders.base import Absent, Decoder, Reading


def _long(_frame: bytes) -> list[Reading | Absent]:
    return [Reading("alarm", 1.0)]


_TABLE = {
    0x40: Frame(every(*(bit("input", 10, 1 << 2 * line, line + 1) for line in range(4))), 9),
    0x30: Frame(every(*(bit("input", 10, 1 << line, line + 1) for line in range(4))), 9),
    0x41: Frame(_long, 3),
    0x59: unread("time counters"),
}


DECODER = Decoder(
    vendor="Adeunis",
    model="Dry Contacts",
    ports=(PORT,),
    quantities=("input", "alarm", "battery_low"),
    decode=of(_TABLE, timed=True),
    aliases=("Dry Contacts 2",),
    verified=True,
    differs=("Events: not reported, because only the configuration says since when they are counted.",),
)
