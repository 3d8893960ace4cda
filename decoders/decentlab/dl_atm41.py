"""Decentlab DL-ATM41: weather station (METER ATMOS 41, first generation).

Source: decentlab/decentlab-decoders, DL-ATM41: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  weather  w0: solar radiation, W/m²; w1: rain since the last report, 0.001 mm; w2: lightning strikes;
                w3: their mean distance, km; w4: wind speed, 0.01 m/s; w5: direction, where it comes from, 0.1 °;
                w6: gust, 0.01 m/s; w7: air temperature, 0.1 °C; w8: vapour pressure, w9: air pressure, 0.01 kPa;
                w10: humidity, 0.1 %; w11: temperature inside, 0.1 °C; w12, w13: tilt about X and Y, 0.1 °;
                w14: compass heading, °; w15, w16: wind components from the north and from the east, 0.01 m/s.
                All have 32768 added.
    1  battery  w0 / 1000 V

No error code is documented: a sensor that did not answer has no group. Where no strike was counted there is no
distance: the device sends 0.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, lightning_distance, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-ATM41",
    Group(
        17,
        signed("solar_radiation", 0),
        signed("rain", 1, 1000),
        signed("lightning_count", 2),
        lightning_distance(),
        signed("wind_speed", 4, 100),
        signed("wind_direction", 5, 10),
        signed("wind_gust", 6, 100),
        signed("air_temperature", 7, 10),
        signed("vapour_pressure", 8, 10),
        signed("pressure", 9, 10),
        signed("humidity", 10, 10),
        signed("device_temperature", 11, 10),
        signed("angle_x", 12, 10),
        signed("angle_y", 13, 10),
        signed("compass_heading", 14),
        signed("wind_speed_north", 15, 100),
        signed("wind_speed_east", 16, 100),
    ),
    BATTERY,
    first="rain",
    differs=(
        (
            "No lightning distance is told where no strike was counted, but absent: the maker's decoder gives 0 km "
            "then, which is a strike overhead."
        ),
    ),
)
