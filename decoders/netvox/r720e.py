"""Netvox R720E: volatile organic compounds, temperature and humidity.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R720E a5.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..5  TVOC              2 bytes, in the unit that byte 10 says
    6..7  temperature       2 bytes, signed, 0.01 °C
    8..9  humidity          2 bytes, 0.01 %
    10    unit              1 byte, 0 is ppb, otherwise the index of the sensor
"""

from __future__ import annotations

from decoders.base import Decoder, Reading
from decoders.bits import u16_be
from decoders.netvox.protocol import BATTERY, PORTS, humidity, reader, report, temperature

_PPB = 0


def _organic(payload: bytes) -> Reading:
    quantity = "tvoc_fraction" if payload[10] == _PPB else "voc_index"
    return Reading(quantity, float(u16_be(payload, 4)))


_REPORTS = {
    0x01: report(_organic, temperature(6), humidity(8)),
}

_MODELS = (("R720E", 0xA5, True, ()),)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("tvoc_fraction", "voc_index", "air_temperature", "humidity", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
