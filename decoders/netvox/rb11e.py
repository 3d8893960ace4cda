"""Netvox RB11E: occupancy, temperature and illuminance of a room.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: RB11E 03.

    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..5  temperature       2 bytes, signed, 0.01 °C
    6..7  illuminance       2 bytes, lx
    8     occupancy         1 byte, 0 vacant, 1 occupied
    9     tamper            1 byte, 1 where it was taken from the wall
    10    reserved
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, flag, reader, report, temperature, u16

_REPORTS = {
    0x01: report(temperature(4), u16(6, "illuminance"), flag(8, "presence"), flag(9, "tamper")),
}

_MODELS = (("RB11E", 0x03, True, ()),)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=("presence", "air_temperature", "illuminance", "tamper", *BATTERY),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
