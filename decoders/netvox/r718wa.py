"""Netvox R718WA and R718WB: water leak, by a probe or a rope.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718WA 32, R718WB 12.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4     water             1 byte, 0 none, 1 leak
    5..10 reserved
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, flag, reader, report

_REPORTS = {
    0x01: report(flag(4, "leak")),
}

_MODELS = (
    ("R718WA", 0x32, True, ("R718WA leak",)),
    ("R718WB", 0x12, True, ()),
)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("leak", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
