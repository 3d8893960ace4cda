"""Dingtek DC410 and DC413: a box under a manhole cover: level below it, and whether the cover moves.

Source: TheThingsNetwork/lorawan-devices, vendor/dingtek/dc410-codec.yaml, dc413-codec.yaml and their decoders. The
frame is in `protocol`; 17 bytes:

    5-6  distance to the water, mm        11  high half: level alarm
    8    temperature, °C                  12  high half: cover moved or fallen, low half: battery low
    9 10 sign and amount of the angle, °  13-14  number of the frame

The maker's decoder never looks at the sign and tells every angle as negative; it is told as the amount.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoder
from decoders.dingtek.protocol import PORT, byte, distance, high, low, reader, temperature

_FIELDS = (
    distance("distance"),
    high("full", 11),
    high("tilt", 12),
    byte("angle", 10),
    temperature(8),
    low("battery_low", 12),
)

_DC410 = Decoder(
    vendor="Dingtek",
    model="DC410",
    ports=PORT,
    quantities=("distance", "full", "tilt", "angle", "device_temperature", "battery_low"),
    decode=reader({17: _FIELDS}),
    verified=True,
    differs=("The maker's decoder tells every angle as negative; here it is the amount of it.",),
)

DECODERS = (_DC410, replace(_DC410, model="DC413"))
