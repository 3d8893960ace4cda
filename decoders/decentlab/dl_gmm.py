"""Decentlab DL-GMM: climate of a greenhouse: light, air, CO₂ and pressure.

Source: decentlab/decentlab-decoders, DL-GMM: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  climate  w0: photosynthetically active radiation, 0.1 µmol/(m²·s); w1: air temperature, 0.01 °C; w2: humidity,
                0.1 %; w3: CO₂, ppm; w4: air pressure, 0.01 kPa; w5: vapour pressure deficit, 0.01 kPa; w6: dew point,
                0.01 °C. All have 32768 added.
    1  battery  w0 / 1000 V

The vapour pressure deficit is not read: it follows from temperature and humidity.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-GMM",
    Group(
        7,
        signed("par", 0, 10),
        signed("air_temperature", 1, 100),
        signed("humidity", 2, 10),
        signed("co2", 3),
        signed("pressure", 4, 10),
        signed("dew_point", 6, 100),
    ),
    BATTERY,
    differs=("The vapour pressure deficit is not told: it follows from temperature and humidity.",),
)
