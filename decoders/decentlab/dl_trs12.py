"""Decentlab DL-TRS12: soil moisture, temperature and conductivity (METER TEROS 12).

Source: decentlab/decentlab-decoders, DL-TRS12: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  soil     w0: reading of the probe, 0.1; w1: temperature, (w1 - 32768) / 10 °C; w2: conductivity, µS/cm
    1  battery  w0 / 1000 V

Of r = w0 / 10 the water content is METER's calibration for mineral soil, 0.0003879 r - 0.6956 m³/m³, here as a
percentage, and the permittivity (2.887e-9 r³ - 2.08e-5 r² + 0.05276 r - 43.39)². Below 0 %, in dry air, the moisture
is absent as impossible.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.decentlab.conversions import BATTERY, plain, signed, water_content
from decoders.decentlab.protocol import Group, Value, device

if TYPE_CHECKING:
    from decoders.decentlab.protocol import Words


def _permittivity(words: Words) -> float:
    raw = words[0] / 10
    return (0.000000002887 * raw**3 - 0.0000208 * raw**2 + 0.05276 * raw - 43.39) ** 2


DECODER = device(
    "DL-TRS12",
    Group(
        3,
        Value("soil_moisture", water_content(lambda raw: raw * 0.0003879 - 0.6956, 10)),
        Value("soil_permittivity", _permittivity),
        signed("soil_temperature", 1, 10),
        plain("soil_conductivity", 2),
    ),
    BATTERY,
)
