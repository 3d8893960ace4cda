"""Milesight WS558: a controller for lamps on eight circuits, which meters all of them together.

Source: Milesight WS558 user guide, chapter 5 "Device Payload"; the maker's payload table for WS558, with its example.
FPort 85 unless configured otherwise. Channel, type, data:

    03 74  voltage         2 bytes, 0.1 V
    04 80  power           4 bytes, W
    05 81  power factor    1 byte, %
    06 83  energy          4 bytes, Wh
    07 c9  current         2 bytes, mA
    08 31  circuits        1 byte which have just changed, 1 byte a bit for each circuit, the lowest bit circuit 1: 1 on

Channel of a circuit: its number. Which circuits have just changed is not kept. More than 13 A for 30 s switches all of
them off; the report of it is the current and the circuits, as in any other.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.parts import ELECTRIC_DIFFERS, ELECTRIC_QUANTITIES, ELECTRICITY, ENERGY_WRAPS, flags
from decoders.milesight.protocol import reads, replies, table

_TABLE = table(replies({0x32: 5}), ELECTRICITY, {0x0831: flags("switch", 8, where=1, length=2)})


DECODER = Decoder(
    vendor="Milesight",
    model="WS558",
    ports=ANY_PORT,
    quantities=("switch", *ELECTRIC_QUANTITIES),
    decode=reads(_TABLE),
    wraps={"energy": ENERGY_WRAPS},
    verified=True,
    differs=ELECTRIC_DIFFERS,
)
