"""Netvox R718CK2 and its sisters: two thermocouples or resistance thermometers.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718CK2 16, R718CT2 17, R718CN2 18, R718B2 14.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..5  temperature 1     2 bytes, signed, 0.1 °C
    6..7  temperature 2     the same
    8..10 reserved

All bits set, which by the number would be -0.1 °C, stand for a probe that is not there.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, i16, reader, report

_REPORTS = {
    0x01: report(i16(4, "object_temperature", 1, divisor=10), i16(6, "object_temperature", 2, divisor=10)),
}

_MODELS = (
    ("R718CK2", 0x16, True, ()),
    ("R718CT2", 0x17, True, ()),
    ("R718CN2", 0x18, False, ()),
    ("R718B2", 0x14, True, ()),
)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("object_temperature", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
