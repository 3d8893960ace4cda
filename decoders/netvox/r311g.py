"""Netvox R311G and R311B: indoor illuminance.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R311G 04, R311B 4b.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..5  illuminance       2 bytes, lx
    6..10 reserved
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, reader, report, u16

_REPORTS = {
    0x01: report(u16(4, "illuminance")),
}

_MODELS = (
    ("R311G", 0x04, True, ()),
    ("R311B", 0x4B, True, ()),
)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("illuminance", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
