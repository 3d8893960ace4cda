"""Netvox RA02C: carbon monoxide and heat alarm.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: RA02C 11.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4     CO alarm          1 byte, 0 none, 1 alarm
    5     heat alarm        the same
    6..10 reserved

The alarms are channels 1, carbon monoxide, and 2, heat.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, flag, reader, report

_REPORTS = {
    0x01: report(flag(4, "alarm", 1), flag(5, "alarm", 2)),
}

_MODELS = (("RA02C", 0x11, True, ()),)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("alarm", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
