"""Netvox R718A and its sisters: temperature and humidity.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718A 0b, R718AB 13, R711 01, R712 01, R720A 6e.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..5  temperature       2 bytes, signed, 0.01 °C
    6..7  humidity          2 bytes, 0.01 %
    8..10 reserved

R711 and R712 share a device type.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, humidity, reader, report, temperature

_REPORTS = {
    0x01: report(temperature(4), humidity(6)),
}

_MODELS = (
    ("R718A", 0x0B, True, ()),
    ("R718AB", 0x13, True, ()),
    ("R711", 0x01, True, ()),
    ("R712", 0x01, True, ()),
    ("R720A", 0x6E, True, ()),
)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("air_temperature", "humidity", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
