"""Adeunis Motion: presence in a room, two digital inputs.

Source: Adeunis user guide and the maker's codec (TheThingsNetwork/lorawan-devices, vendor/adeunis, motion). FPort 1.
The frame is described in `protocol`. Frames, with the places of their data:

    5c  presence while sending 1; samples of 2 bytes: share of the time with presence 1, light 1, both %
    5d  alarm: presence 1, light 1
    50  light alarm: active 1, light 1
    4e  counters of earlier firmware, and 4f, their alarm: refused
    51, 52  a digital input changed, see `protocol`

The shares of presence and the light in % are not reported: the first is about a time that only the configuration
knows, the second no illuminance.
"""

from __future__ import annotations

from decoders.adeunis.protocol import INPUTS, PORT, Frame, bit, every, of, unread
from decoders.base import Decoder

_TABLE = {
    0x5C: Frame(every(bit("presence", 2, 0xFF)), 1, 2),
    0x5D: Frame(every(bit("presence", 2, 0xFF)), 2),
    0x50: Frame(every(bit("alarm", 2, 0xFF)), 2),
    0x4E: unread("counters of an earlier firmware"),
    0x4F: unread("alarm of an earlier firmware"),
    **INPUTS,
}


DECODER = Decoder(
    vendor="Adeunis",
    model="Motion",
    ports=(PORT,),
    quantities=("presence", "alarm", "input", "pulses", "battery_low"),
    decode=of(_TABLE),
    wraps={"pulses": 2**32},
    verified=True,
    differs=("Presence and light in %: not reported; the presence while sending is.",),
)
