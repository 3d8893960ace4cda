"""Netvox R718WA2, R718WB2 and R311W: water leak at two places.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718WA2 46, R718WB2 47, R311W 06.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4     water 1           1 byte, 0 none, 1 leak
    5     water 2           the same
    6..10 reserved

The channel is the number of the probe. R313W is sold with the same device type and frame.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, flag, reader, report

_REPORTS = {
    0x01: report(flag(4, "leak", 1), flag(5, "leak", 2)),
}

_MODELS = (
    ("R718WA2", 0x46, True, ()),
    ("R718WB2", 0x47, True, ()),
    ("R311W", 0x06, True, ("R313W",)),
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
