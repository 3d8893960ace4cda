"""Milesight WS101: a button to press.

Source: the maker's payload table for WS101, with its example.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    ff 2e  pressed         1 byte: 1 shortly, 2 long, 3 twice

Each message about the button is one press; how it was pressed is not kept. There is no message when it is let go.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.protocol import reads, replies, state, table, u8

_TABLE = table(
    replies({0x2F: 1, 0x74: 1}),
    {0x0175: u8("battery"), 0xFF2E: state("button", {1: 1.0, 2: 1.0, 3: 1.0})},
)


DECODER = Decoder(
    vendor="Milesight",
    model="WS101",
    ports=ANY_PORT,
    quantities=("button", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
