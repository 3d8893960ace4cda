"""Netvox R718WAA and R718WBA: water leak, temperature and humidity.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718WAA be, R718WBA 6b.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..5  temperature       2 bytes, signed, 0.01 °C
    6..7  humidity          2 bytes, 0.01 %
    8     water             1 byte, 0 none, 1 leak
    9..10 reserved
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, flag, humidity, reader, report, temperature

_REPORTS = {
    0x01: report(temperature(4), humidity(6), flag(8, "leak")),
}

_MODELS = (
    ("R718WAA", 0xBE, True, ()),
    ("R718WBA", 0x6B, True, ()),
)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("leak", "air_temperature", "humidity", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
