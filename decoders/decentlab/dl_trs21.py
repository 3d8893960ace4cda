"""Decentlab DL-TRS21: water potential and temperature of soil (METER TEROS 21).

Source: decentlab/decentlab-decoders, DL-TRS21: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  soil     w0: water potential, -w0 / 10 kPa; w1: temperature, (w1 - 32768) / 10 °C
    1  battery  w0 / 1000 V

The probe measures down to -100000 kPa, and a word ends at -6553.5 kPa, far below wilting: that end is told as
saturated.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, ending, signed
from decoders.decentlab.protocol import Group, Value, device

_POTENTIAL = Value("soil_water_potential", lambda words: (0 - words[0]) / 10)

DECODER = device(
    "DL-TRS21",
    Group(2, ending(_POTENTIAL, 0), signed("soil_temperature", 1, 10)),
    BATTERY,
)
