"""Decentlab DL-NTU: turbidity and temperature of water.

Source: decentlab/decentlab-decoders, DL-NTU: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  water    w0: status; w1: temperature, (w1 - 32768) / 100 °C; w2: turbidity, 0.1 NTU; w3: the same in FNU;
                w4: the same in mg/L of suspended solids, 0.1 mg/L
    1  battery  w0 / 1000 V

A status other than 0 is an error or warning of the probe (Aqualabo) that the maker does not list: the probe's values
are absent, and `sensor_fault` is told.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, checked, plain, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-NTU",
    Group(
        5,
        *checked(
            0,
            plain("turbidity", 2, 10),
            plain("suspended_solids", 4, 10),
            signed("water_temperature", 1, 100),
        ),
    ),
    BATTERY,
    differs=(
        (
            "Turbidity is told once, in NTU; the maker repeats the number in FNU. Turbidity in mg/L is told as "
            "suspended solids."
        ),
        "The probe's values are absent where its status is not 0: the maker does not list its codes.",
    ),
)
