"""Decentlab DL-MES5: sludge: suspended solids and turbidity to a wide range, by absorption.

Source: decentlab/decentlab-decoders, DL-MES5: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  water    w0: status; w1: temperature, (w1 - 32768) / 100 °C; w2: sludge blanket, 0.01 %; w3: suspended solids,
                0.01 g/L; w4: turbidity, 0.1 FAU
    1  battery  w0 / 1000 V

A status other than 0 is an error or warning of the probe (Aqualabo) that the maker does not list: the probe's values
are absent, and `sensor_fault` is told. Turbidity by absorption (FAU) is told as turbidity: both units are set by the
same formazin, and coloured water reads higher by absorption. The sludge blanket is not read.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, checked, plain, signed
from decoders.decentlab.protocol import Group, Value, device

DECODER = device(
    "DL-MES5",
    Group(
        5,
        *checked(
            0,
            Value("suspended_solids", lambda words: words[3] * 10.0),
            plain("turbidity", 4, 10),
            signed("water_temperature", 1, 100),
        ),
    ),
    BATTERY,
    differs=(
        "Turbidity in FAU, by absorption, is told in NTU: both are set by the same formazin.",
        "Suspended solids are told in mg/L; the maker has g/L. The sludge blanket, a percentage, is not told.",
        "The probe's values are absent where its status is not 0: the maker does not list its codes.",
    ),
)
