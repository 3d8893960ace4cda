"""Netvox R718G: outdoor illuminance.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718G 1e.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..7  illuminance       4 bytes, lx
    8..10 reserved
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, reader, report, u32

_REPORTS = {
    0x01: report(u32(4, "illuminance")),
}

_MODELS = (("R718G", 0x1E, True, ()),)

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
