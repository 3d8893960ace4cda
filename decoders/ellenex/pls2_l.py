"""Ellenex PLS2-L: submersible level probe, hardware V6.

Source: the maker's decoder and its example (TheThingsNetwork/lorawan-devices, vendor/ellenex, PLS2-L V6). The map is
described in `protocol`:

    L  water over the probe, m
    v  battery, mV

The decoder looks at no port; the example came on FPort 15.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoded, Decoder
from decoders.ellenex.protocol import read

_TABLE = {"L": ("water_depth", 1), "v": ("battery_voltage", 1000)}


def _decode(payload: bytes, _f_port: int) -> Decoded:
    return read(payload, _TABLE)


DECODER = Decoder(
    vendor="Ellenex",
    model="PLS2-L",
    ports=ANY_PORT,
    quantities=("water_depth", "battery_voltage"),
    decode=_decode,
    aliases=("PLS2-L V6",),
    verified=True,
)
