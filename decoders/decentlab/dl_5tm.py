"""Decentlab DL-5TM: soil moisture and temperature (METER 5TM), no longer made.

Source: decentlab/decentlab-decoders, DL-5TM: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  soil     w0 / 50: permittivity; w1: temperature, (w1 - 400) / 10 °C
    1  battery  w0 / 1000 V

The water content is the Topp equation of the permittivity, as the maker applies it, here as a percentage. It gives
-5.3 % for a permittivity of 0 and -2 % in air, which is absent as impossible.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, above, plain, water_content
from decoders.decentlab.protocol import Group, Value, device


def _water(permittivity: float) -> float:
    return 0.0000043 * permittivity**3 - 0.00055 * permittivity**2 + 0.0292 * permittivity - 0.053


DECODER = device(
    "DL-5TM",
    Group(
        2,
        Value("soil_moisture", water_content(_water, 50)),
        plain("soil_permittivity", 0, 50),
        above("soil_temperature", 1, 400, 10),
    ),
    BATTERY,
    differs=(
        (
            "A soil moisture below 0 % of the volume, as in the maker's example in air, is absent: it is the "
            "calibration's error, and impossible."
        ),
    ),
)
