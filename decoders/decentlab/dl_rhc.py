"""Decentlab DL-RHC: air temperature and humidity of high precision, in a radiation shield.

Source: decentlab/decentlab-decoders, DL-RHC: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  air      w0 + 65536 * w1: the sensor's number; w2: humidity, 0.01 %; w3: temperature, (w3 - 32768) / 100 °C
    1  battery  w0 / 1000 V
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, plain, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-RHC",
    Group(4, signed("air_temperature", 3, 100), plain("humidity", 2, 100)),
    BATTERY,
)
