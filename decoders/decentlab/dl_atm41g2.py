"""Decentlab DL-ATM41G2: weather station (METER ATMOS 41, second generation).

Source: decentlab/decentlab-decoders, DL-ATM41G2: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  weather  w0: solar radiation, 0.1 W/m²; w1: rain since the last report, 0.001 mm; w2: lightning strikes;
                w3: their mean distance, km; w4: wind speed, 0.01 m/s; w5: direction, where it comes from, 0.1 °;
                w6: gust, 0.01 m/s; w7: air temperature, 0.1 °C; w8: vapour pressure, w9: air pressure, 0.01 kPa;
                w10: humidity, 0.1 %; w11: temperature inside, 0.1 °C; w12, w13: tilt about X and Y, 0.1 °;
                w14: conductivity of the rain, µS/cm. All but w1 have 32768 added.
                w15 + 65536 * w16: rain in total, 0.001 mm
    1  battery  w0 / 1000 V

The first generation, DL-ATM41, has as many words and gives six of them another meaning; nothing in the payload tells
the two apart. Where no strike was counted there is no distance: the device sends 0.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, lightning_distance, plain, signed, total
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-ATM41G2",
    Group(
        17,
        signed("solar_radiation", 0, 10),
        plain("rain", 1, 1000),
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
        signed("conductivity", 14),
        total("rain_total", 15, 1000),
    ),
    BATTERY,
    first="rain",
    wraps={"rain_total": 2**32 / 1000},
    differs=(
        (
            "No lightning distance is told where no strike was counted, but absent: the maker's decoder gives 0 km "
            "then, which is a strike overhead."
        ),
    ),
)
