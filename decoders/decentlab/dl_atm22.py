"""Decentlab DL-ATM22: wind and temperature (METER ATMOS 22).

Source: decentlab/decentlab-decoders, DL-ATM22: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  wind     w0: speed, w2: gust, w6, w7: its components from the north and from the east, (w - 32768) / 100 m/s;
                w1: direction, where it comes from, w4, w5: tilt of the device about X and Y, (w - 32768) / 10 °;
                w3: air temperature, (w - 32768) / 10 °C
    1  battery  w0 / 1000 V

Speed and direction are means, and the gust is the fastest sample, since the report before. No error code is
documented: a sensor that did not answer has no group.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-ATM22",
    Group(
        8,
        signed("wind_speed", 0, 100),
        signed("wind_direction", 1, 10),
        signed("wind_gust", 2, 100),
        signed("air_temperature", 3, 10),
        signed("angle_x", 4, 10),
        signed("angle_y", 5, 10),
        signed("wind_speed_north", 6, 100),
        signed("wind_speed_east", 7, 100),
    ),
    BATTERY,
)
