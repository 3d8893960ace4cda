"""Decentlab DL-GS3: soil moisture, temperature and conductivity (METER GS3), no longer made.

Source: decentlab/decentlab-decoders, DL-GS3: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  soil     w0 / 100: permittivity; w1: temperature, (w1 - 32768) / 10 °C; w2: conductivity, µS/cm
    1  battery  w0 / 1000 V

The water content is METER's calibration for soilless media of the permittivity, as the maker applies it, here as a
percentage. Below 0 %, in dry air, it is absent as impossible.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, plain, signed, water_content
from decoders.decentlab.protocol import Group, Value, device


def _water(permittivity: float) -> float:
    return 0.00000589 * permittivity**3 - 0.000762 * permittivity**2 + 0.0367 * permittivity - 0.0753


DECODER = device(
    "DL-GS3",
    Group(
        3,
        Value("soil_moisture", water_content(_water, 100)),
        plain("soil_permittivity", 0, 100),
        signed("soil_temperature", 1, 10),
        plain("soil_conductivity", 2),
    ),
    BATTERY,
    differs=(
        (
            "A soil moisture below 0 % of the volume, as in the maker's example in air, is absent: it is the "
            "calibration's error, and impossible."
        ),
    ),
)
