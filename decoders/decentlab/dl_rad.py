"""Decentlab DL-RAD: distance, by radar, for levels in rivers and drains.

Source: decentlab/decentlab-decoders, DL-RAD: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  distance  w0: mm; w1: temperature of the sensor, (w1 - 32768) / 100 °C; w2: reliability of the echo,
                 (w2 - 32768) / 100 dB; w3: status of the sensor
    1  battery   w0 / 1000 V

A status other than 0 is an error or warning that the maker does not list: the values are absent, and `sensor_fault`
is told. The reliability is not read: it is a ratio of its own, no strength of an echo.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, checked, plain, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-RAD",
    Group(4, *checked(3, plain("distance", 0), signed("device_temperature", 1, 100))),
    BATTERY,
    differs=(
        "Distance and temperature are absent where the sensor's status is not 0: the maker does not list its codes.",
    ),
)
