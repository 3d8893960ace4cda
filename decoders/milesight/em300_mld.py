"""Milesight EM300-MLD: water on the floor, by a membrane.

Source: EM300 series user guide, chapter 5 "Device Payload"; the maker's payload table for EM300-MLD.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery  1 byte, %
    05 00  leak     1 byte, 0 dry or 1 water
    06 00  leak     the same
    20 ce  history  4 bytes time (s since 1970), 3 bytes reserved, 1 byte leak

The maker's table gives the leak channel 06, its example and its codec channel 05, as in the sister models; both are
read, since this model has nothing else on either. The reserved bytes are where the sisters have temperature and
humidity; they are passed over.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.protocol import BYTE, Field, history, reads, replies, table, u8

_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0500: u8("leak"),
        0x0600: u8("leak"),
        0x20CE: history(8, Field(7, BYTE, "leak")),
    },
    replies({0x79: 6}),
)

DECODER = Decoder(
    vendor="Milesight",
    model="EM300-MLD",
    ports=ANY_PORT,
    quantities=("leak", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
