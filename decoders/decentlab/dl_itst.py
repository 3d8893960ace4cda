"""Decentlab DL-ITST: temperature of a surface, by infrared.

Source: decentlab/decentlab-decoders, DL-ITST: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  surface  w0: of the target, w1: of the sensor's head, (w - 1000) / 10 °C
    1  battery  w0 / 1000 V
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, above
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-ITST",
    Group(2, above("surface_temperature", 0, 1000, 10), above("device_temperature", 1, 1000, 10)),
    BATTERY,
)
