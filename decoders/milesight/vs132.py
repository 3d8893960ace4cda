"""Milesight VS132: people over one line, counted either way from overhead by a time-of-flight camera.

Source: the maker's payload table for VS132, with its example.
FPort 85 unless configured otherwise. Channel, type, data:

    03 d2  in, total       4 bytes
    04 d2  out, total      4 bytes
    05 cc  since last      in and out since the last report, 2 bytes each

Mains or PoE powered: there is no battery. It has no history and no alarms. The model's successors VS133 and VS135 use
the same channels for their first line.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.protocol import reads, table, u16_pair, u32

_TABLE = table(
    {
        0x03D2: u32("people_in"),
        0x04D2: u32("people_out"),
        0x05CC: u16_pair("people_in_count", "people_out_count"),
    }
)


DECODER = Decoder(
    vendor="Milesight",
    model="VS132",
    ports=ANY_PORT,
    quantities=("people_in_count", "people_out_count", "people_in", "people_out"),
    decode=reads(_TABLE),
    wraps={"people_in": 2**32, "people_out": 2**32},
    verified=True,
)
