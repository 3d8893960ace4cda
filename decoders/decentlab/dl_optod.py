"""Decentlab DL-OPTOD: oxygen and temperature of water.

Source: decentlab/decentlab-decoders, DL-OPTOD: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  water    w0: status; w1: temperature, (w1 - 32768) / 100 °C; w2: saturation, (w2 - 32768) / 100 %; w3: oxygen,
                (w3 - 32768) / 100 mg/L; w4: the same in ppm
    1  battery  w0 / 1000 V

A status other than 0 is an error or warning of the probe (Aqualabo) that the maker does not list: the probe's values
are absent, and `sensor_fault` is told.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, checked, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-OPTOD",
    Group(
        5,
        *checked(
            0,
            signed("dissolved_oxygen", 3, 100),
            signed("oxygen_saturation", 2, 100),
            signed("water_temperature", 1, 100),
        ),
    ),
    BATTERY,
    differs=(
        "The oxygen concentration is told once, in mg/L; the maker repeats it in ppm.",
        "The probe's values are absent where its status is not 0: the maker does not list its codes.",
    ),
)
