"""Milesight WS523 and WS525: plugs that switch and meter what is plugged in.

Source: the maker's payload table for WS523 and for WS525, with their examples; its examples for WS52x in the device
repository of The Things Network.
FPort 85 unless configured otherwise. Channel, type, data:

    03 74  voltage         2 bytes, 0.1 V
    04 80  power           4 bytes, W
    05 81  power factor    1 byte, %
    06 83  energy          4 bytes, Wh
    07 c9  current         2 bytes, mA
    08 70  socket          1 byte: bit 0: 0 off, 1 on
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.parts import ELECTRIC_DIFFERS, ELECTRIC_QUANTITIES, ELECTRICITY, ENERGY_WRAPS
from decoders.milesight.protocol import Entry, Found, reads, replies, table


def _switch(payload: bytes, at: int, found: Found) -> None:
    found.add("switch", float(payload[at] & 1))


_TABLE = table(replies({0x25: 2, 0x2F: 1}), ELECTRICITY, {0x0870: Entry(1, _switch)})


_WS523 = Decoder(
    vendor="Milesight",
    model="WS523",
    ports=ANY_PORT,
    quantities=("switch", *ELECTRIC_QUANTITIES),
    decode=reads(_TABLE),
    wraps={"energy": ENERGY_WRAPS},
    verified=True,
    differs=ELECTRIC_DIFFERS,
)
DECODERS = (_WS523, replace(_WS523, model="WS525"))
