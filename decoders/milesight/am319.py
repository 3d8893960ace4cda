"""Milesight AM319 and AM319L: indoor air, nine in one and a cell for formaldehyde (HCHO) or for ozone (O3).

Source: AM300 series user guide, chapter "Device Payload"; the maker's payload tables for AM319-HCHO and AM319-O3.
FPort 85 unless configured otherwise. Channels and history: `am300`, and

    0a 7d  HCHO   2 bytes, 0.01 mg/m³
    0b 7d  PM2.5  2 bytes, µg/m³
    0c 7d  PM10   2 bytes, µg/m³
    0d 7d  O3     2 bytes, 0.01 ppm

A history frame has 22 bytes: PM2.5, PM10, and at its end the value of the cell. Which cell it is, the frame does not
say: AM319 and AM319L, as they are usually named, pass it over; AM319-HCHO and AM319-O3 read it. HCHO and O3 fffe is a
cell that is polarizing, ffff one that failed, as the maker has it for its gas sensors; the table of this model
names none.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.bits import u16_le
from decoders.milesight.am300 import LIVE, NOT_READ, QUANTITIES, SETTINGS, stored
from decoders.milesight.protocol import POLARIZED, Field, reads, replies, table, u16

_MORE = {
    0x0A7D: u16("hcho", codes=POLARIZED, times=10),
    0x0B7D: u16("pm2_5", failed=0xFFFF),
    0x0C7D: u16("pm10", failed=0xFFFF),
    0x0D7D: u16("o3_fraction", codes=POLARIZED, times=10),
}
_DUST = (Field(16, u16_le, "pm2_5", 1, 0, NOT_READ), Field(18, u16_le, "pm10", 1, 0, NOT_READ))
_SETTINGS = {**SETTINGS, **replies({0x39: 1, 0xAC: 2})}
_ALL = ("pm2_5", "pm10", "hcho", "o3_fraction", *QUANTITIES)

_ANY = Decoder(
    vendor="Milesight",
    model="AM319",
    ports=ANY_PORT,
    quantities=_ALL,
    decode=reads(table(_SETTINGS, LIVE, _MORE, stored(22, *_DUST))),
    verified=True,
)


def _with(cell: str, quantity: str) -> Decoder:
    last = Field(20, u16_le, quantity, 1, 0, POLARIZED, 10)
    return replace(_ANY, model=f"AM319-{cell}", decode=reads(table(_SETTINGS, LIVE, _MORE, stored(22, *_DUST, last))))


DECODERS = (_ANY, replace(_ANY, model="AM319L"), _with("HCHO", "hcho"), _with("O3", "o3_fraction"))
