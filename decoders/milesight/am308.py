"""Milesight AM308 and AM308L: indoor air, nine in one: PM2.5, PM10, CO2, TVOC, pressure and the room's state.

Source: AM300 series user guide, chapter "Device Payload"; the maker's payload tables for AM308 and AM308L (without the
screen), which are the same. FPort 85 unless configured otherwise. Channels and history: `am300`, and

    0b 7d  PM2.5  2 bytes, µg/m³
    0c 7d  PM10   2 bytes, µg/m³

which stand in this order at the end of a history frame, 20 bytes.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.bits import u16_le
from decoders.milesight.am300 import LIVE, NOT_READ, QUANTITIES, SETTINGS, stored
from decoders.milesight.protocol import Field, reads, table, u16

_DUST = {0x0B7D: u16("pm2_5", failed=0xFFFF), 0x0C7D: u16("pm10", failed=0xFFFF)}
_STORED = stored(20, Field(16, u16_le, "pm2_5", 1, 0, NOT_READ), Field(18, u16_le, "pm10", 1, 0, NOT_READ))

_SCREEN = Decoder(
    vendor="Milesight",
    model="AM308",
    ports=ANY_PORT,
    quantities=("pm2_5", "pm10", *QUANTITIES),
    decode=reads(table(SETTINGS, LIVE, _DUST, _STORED)),
    verified=True,
)

DECODERS = (_SCREEN, replace(_SCREEN, model="AM308L"))
