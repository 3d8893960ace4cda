"""Netvox R718DA and its sisters: vibration switch, by a ball (DA) or a spring (DB).

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718DA 1a, R718DB 1b, R311DA a8, R311DB a9.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4     status            1 byte, 0 at rest, 1 vibration
    5..10 reserved
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, flag, reader, report

_REPORTS = {
    0x01: report(flag(4, "shock")),
}

_MODELS = (
    ("R718DA", 0x1A, True, ()),
    ("R718DB", 0x1B, True, ()),
    ("R311DA", 0xA8, True, ()),
    ("R311DB", 0xA9, True, ()),
)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("shock", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
