"""Netvox RA0716 and its sisters: PM2.5, temperature and humidity, outdoors.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: RA0716 35, R72616 36, R72716 37, R72616A 6a.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..5  temperature       2 bytes, signed, 0.01 °C
    6..7  humidity          2 bytes, 0.01 %
    8..9  PM2.5             2 bytes, µg/m³
    10    reserved
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, humidity, reader, report, temperature, u16

_REPORTS = {
    0x01: report(temperature(4), humidity(6), u16(8, "pm2_5")),
}

_MODELS = (
    ("RA0716", 0x35, True, ("RA0716 PM2.5",)),
    ("R72616", 0x36, True, ()),
    ("R72716", 0x37, True, ()),
    ("R72616A", 0x6A, True, ()),
)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("pm2_5", "air_temperature", "humidity", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
