"""Decentlab DL-CWS2: temperature of a road's surface by infrared, the air over it, and the air in a radiation shield.

Source: decentlab/decentlab-decoders, DL-CWS2: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  air      in the radiation shield, as `conversions.sht35`
    1  road     as group 0 of the DL-CWS: w0: surface temperature, w1: air temperature, w3: dew point,
                w5: temperature of the sensor, (w - 32768) / 100 °C; w2: humidity, (w2 - 32768) / 100 %; w4: angle
    2  battery  w0 / 1000 V

Air temperature and humidity come twice: channel 1 is the radiation shield, channel 2 the infrared sensor's housing.
The angle is not read: the maker does not say whether it is counted from the vertical or the horizontal.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, sht35, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-CWS2",
    sht35(channel=1),
    Group(
        6,
        signed("surface_temperature", 0, 100),
        signed("air_temperature", 1, 100, channel=2),
        signed("humidity", 2, 100, channel=2),
        signed("dew_point", 3, 100),
        signed("device_temperature", 5, 100),
    ),
    BATTERY,
    first="surface_temperature",
    differs=("The angle of the sensor head is not told: the maker does not say from what it is counted.",),
)
