"""Netvox R718X: ultrasonic fill level of bins, with tilt and temperature.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718X 34.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4     status            1 byte, 1 where the distance is within the threshold that was set
    5..6  distance          2 bytes, mm
    7..8  temperature       2 bytes, signed, 0.1 °C
    9     fill level        1 byte, %
    10    angle             1 byte, ° from the vertical

The status repeats the distance against a setting, and is passed over.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, i16, reader, report, u8, u16

_REPORTS = {
    0x01: report(u16(5, "fill_distance"), i16(7, "air_temperature", divisor=10), u8(9, "fill_level"), u8(10, "angle")),
}

_MODELS = (("R718X", 0x34, True, ()),)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("fill_level", "fill_distance", "air_temperature", "angle", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
