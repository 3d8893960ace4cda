"""Netvox R718EB: inclination in three axes.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718EB c8.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..5  angle X           2 bytes, signed, 0.1 °
    6..7  angle Y           the same
    8..9  angle Z           the same
    10    reserved
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, i16, reader, report

_REPORTS = {
    0x01: report(i16(4, "angle_x", divisor=10), i16(6, "angle_y", divisor=10), i16(8, "angle_z", divisor=10)),
}

_MODELS = (("R718EB", 0xC8, True, ()),)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("angle_x", "angle_y", "angle_z", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
