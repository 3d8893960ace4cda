"""Milesight AM307 and AM307L: indoor air, seven in one: CO2, TVOC, pressure, temperature, humidity, light, motion.

Source: AM300 series user guide, chapter "Device Payload"; the maker's payload tables for AM307 and AM307L (without the
screen), which are the same. FPort 85 unless configured otherwise. Channels and history: `am300`, nothing added; a
history frame has 16 bytes.

The example that the maker gave to a device repository has TVOC 7 for the bytes that its table reads as 0.07: the table
and the codec that go with the device are followed.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.am300 import LIVE, QUANTITIES, SETTINGS, stored
from decoders.milesight.protocol import reads, table

_SCREEN = Decoder(
    vendor="Milesight",
    model="AM307",
    ports=ANY_PORT,
    quantities=QUANTITIES,
    decode=reads(table(SETTINGS, LIVE, stored(16))),
    verified=True,
    differs=("TVOC of channel 08 7d is a rating in hundredths; one older example of the maker tells the raw number.",),
)

DECODERS = (_SCREEN, replace(_SCREEN, model="AM307L"))
