"""Decentlab DL-TRS11: soil moisture and temperature (METER TEROS 11).

Source: decentlab/decentlab-decoders, DL-TRS11: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  soil     w0: reading of the probe, 0.1; w1: temperature, (w1 - 32768) / 10 °C
    1  battery  w0 / 1000 V

Of r = w0 / 10 the water content is METER's calibration for mineral soil, 0.0003879 r - 0.6956 m³/m³, here as a
percentage, and the permittivity (2.887e-9 r³ - 2.08e-5 r² + 0.05276 r - 43.39)². Below 0 %, in dry air, the moisture
is absent as impossible.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, TEROS, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-TRS11",
    Group(
        2,
        *TEROS,
        signed("soil_temperature", 1, 10),
    ),
    BATTERY,
)
