"""Dingtek DF702 and DF703: an ultrasonic sensor in the lid of a waste bin, with tilt, fire alarm and GPS.

Source: TheThingsNetwork/lorawan-devices, vendor/dingtek/df702-codec.yaml, df703-codec.yaml and their decoders. The
frame is in `protocol`; 17 bytes:

    5-6  distance to the waste, mm        11  high half: full, low half: fire
    7    00 no position                   12  high half: fallen over, low half: battery low
    8    temperature, °C                  13-14  number of the frame
    9 10 sign and amount of the angle, °

With a position (7 is 01) longitude and latitude stand at 8 and 12, four bytes each, and the rest 8 bytes later: 25
bytes. The maker's decoder never looks at the sign and tells every angle as negative; it is told as the amount. Its
conversion of the floats divides by 7fffff where 800000 is right, so that its positions are some 0.00001° off.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoder
from decoders.dingtek.protocol import PORT, Field, byte, distance, high, low, position, reader, temperature


def _fields(shift: int) -> tuple[Field, ...]:
    return (
        distance("fill_distance"),
        high("full", 11 + shift),
        low("fire", 11 + shift),
        high("tilt", 12 + shift),
        byte("angle", 10 + shift),
        temperature(8 + shift),
        low("battery_low", 12 + shift),
    )


_GPS = (position("longitude", 8, 12), position("latitude", 12, 8))

_DF702 = Decoder(
    vendor="Dingtek",
    model="DF702",
    ports=PORT,
    quantities=(
        "fill_distance", "full", "fire", "tilt", "angle", "device_temperature", "battery_low", "longitude", "latitude",
    ),
    decode=reader({17: _fields(0), 25: (*_fields(8), *_GPS)}),
    verified=True,
    differs=(
        "The maker's decoder tells every angle as negative; here it is the amount of it.",
        "The maker's decoder converts floats with a slip, so that its positions are up to 0.00001° off.",
    ),
)  # fmt: skip

DECODERS = (_DF702, replace(_DF702, model="DF703"))
