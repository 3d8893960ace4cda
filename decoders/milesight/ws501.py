"""Milesight WS501, WS502 and WS503: wall switches for one, two and three circuits, some of which meter them.

Source: Milesight WS50x uplink data page; the maker's payload tables for WS501, WS502 and WS503, their models for
Europe, America and China, and their examples.
FPort 85 unless configured otherwise. Channel, type, data:

    03 74  voltage         2 bytes, 0.1 V        (03 to 07: models for Europe and America)
    04 80  power           4 bytes, W
    05 81  power factor    1 byte, %
    06 83  energy          4 bytes, Wh
    07 c9  current         2 bytes, mA
    08 29  circuits        1 byte: bit 0 circuit 1, bit 1 circuit 2, bit 2 circuit 3: 0 off, 1 on; bits 4 to 6 the
                           circuits that have just changed
    ff 29  circuits        the same, from hardware 1
    ff 2b  key             1 byte: the function key was pressed

Channel of a circuit: its number. Which circuits have just changed, and the function key, are not kept. Hardware 4 sends
the metering channels in units that its payload table does not state and its codec leaves out: it is not read as this
model, and only its reports of the circuits can be trusted. A voltage below 60 V, which no mains has, gives it away: it
is then absent, with the rest of the metering.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.parts import (
    ELECTRIC_DIFFERS,
    ELECTRIC_QUANTITIES,
    ELECTRICITY,
    ENERGY_WRAPS,
    NEWER_DIFFERS,
    flags,
    on_mains,
)
from decoders.milesight.protocol import Entry, Table, replies, table


def _switch(circuits: int) -> Table:
    state = flags("switch", circuits)
    return table(
        replies({0x25: 2, 0x2F: 1}, {0x64: 9, 0x65: 2, 0x67: 7, 0xBD: 2}),
        ELECTRICITY,
        {0x0829: state, 0xFF29: state, 0xFF2B: Entry(1)},
    )


_WS501 = Decoder(
    vendor="Milesight",
    model="WS501",
    ports=ANY_PORT,
    quantities=("switch", *ELECTRIC_QUANTITIES),
    decode=on_mains(_switch(1)),
    wraps={"energy": ENERGY_WRAPS},
    verified=True,
    aliases=("WS501-EU", "WS501-US", "WS501-CN"),
    differs=(*ELECTRIC_DIFFERS, NEWER_DIFFERS),
)
DECODERS = (
    _WS501,
    replace(_WS501, model="WS502", decode=on_mains(_switch(2)), aliases=("WS502-EU", "WS502-CN")),
    replace(_WS501, model="WS503", decode=on_mains(_switch(3)), aliases=("WS503-CN",)),
)
