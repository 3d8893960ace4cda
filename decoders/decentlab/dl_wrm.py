"""Decentlab DL-WRM: temperature of a road's surface by infrared, and the air over it.

Source: decentlab/decentlab-decoders, DL-WRM: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  air      as `conversions.sht35`
    1  surface  w0: of the road, w1: of the sensor's head, (w - 1000) / 10 °C
    2  battery  w0 / 1000 V
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, above, sht35
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-WRM",
    sht35(),
    Group(2, above("surface_temperature", 0, 1000, 10), above("device_temperature", 1, 1000, 10)),
    BATTERY,
    first="surface_temperature",
)
