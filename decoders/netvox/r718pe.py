"""Netvox R718PE: ultrasonic fill level, mounted on top.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718PE b1.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4     status            1 byte, 1 where the distance is within the threshold that was set
    5..6  distance          2 bytes, mm
    7     fill level        1 byte, %
    8..10 reserved

The status repeats the distance against a setting, and is passed over.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, reader, report, u8, u16

_REPORTS = {
    0x01: report(u16(5, "fill_distance"), u8(7, "fill_level")),
}

_MODELS = (("R718PE", 0xB1, True, ()),)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("fill_level", "fill_distance", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
