"""Decentlab DL-PHEHT: pH, redox potential and temperature of water.

Source: decentlab/decentlab-decoders, DL-PHEHT: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  water    w0: status; w1: temperature, (w1 - 32768) / 100 °C; w2: pH, (w2 - 32768) / 100; w3: redox potential,
                (w3 - 32768) / 10 mV; w4: voltage of the pH electrode, (w4 - 32768) / 10 mV
    1  battery  w0 / 1000 V

A status other than 0 is an error or warning of the probe (Aqualabo) that the maker does not list: the probe's values
are absent, and `sensor_fault` is told. The voltage of the electrode is not read: the pH is computed of it.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, checked, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-PHEHT",
    Group(
        5,
        *checked(0, signed("ph", 2, 100), signed("orp", 3, 10), signed("water_temperature", 1, 100)),
    ),
    BATTERY,
    differs=(
        "The voltage of the pH electrode is not told.",
        "The probe's values are absent where its status is not 0: the maker does not list its codes.",
    ),
)
