"""Decentlab DL-CWS: temperature of a road's surface by infrared, and the air over it.

Source: decentlab/decentlab-decoders, DL-CWS: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  road     w0: surface temperature, w1: air temperature, w3: dew point, w5: temperature of the sensor,
                (w - 32768) / 100 °C; w2: humidity, (w2 - 32768) / 100 %; w4: angle of the head, w4 - 32768 °
    1  battery  w0 / 1000 V

There is no sentinel: a sensor that did not answer has no group. The angle is not read: the maker does not say whether
it is counted from the vertical or the horizontal.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-CWS",
    Group(
        6,
        signed("surface_temperature", 0, 100),
        signed("air_temperature", 1, 100),
        signed("humidity", 2, 100),
        signed("dew_point", 3, 100),
        signed("device_temperature", 5, 100),
    ),
    BATTERY,
    differs=("The angle of the sensor head is not told: the maker does not say from what it is counted.",),
)
