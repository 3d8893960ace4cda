"""Netvox R720C: air pressure and temperature.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R720C 70.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..7  air pressure      4 bytes, 0.01 hPa
    8..9  temperature       2 bytes, signed, 0.01 °C
    10    reserved
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, reader, report, temperature, u32

_REPORTS = {
    0x01: report(u32(4, "pressure", divisor=100), temperature(8)),
}

_MODELS = (("R720C", 0x70, True, ()),)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("pressure", "air_temperature", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
