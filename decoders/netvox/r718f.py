"""Netvox R718F and its sisters: door contact with a magnet.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718F 1d, R311A 02, R730F 7d.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4     status            1 byte, 0 closed, 1 open
    5..10 reserved
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, flag, reader, report

_REPORTS = {
    0x01: report(flag(4, "door_open")),
}

_MODELS = (
    ("R718F", 0x1D, True, ()),
    ("R311A", 0x02, True, ()),
    ("R730F", 0x7D, False, ()),
)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("door_open", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
