"""Decentlab DL-10HS: moisture of a large volume of soil (METER 10HS), no longer made.

Source: decentlab/decentlab-decoders, DL-10HS: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  soil     w0: signal of the probe, 3000 * (w0 - 32768) / 32768 mV
    1  battery  w0 / 1000 V

The water content is METER's calibration for mineral soil, of the signal u in mV, as the maker applies it: 2.97e-9 u³
- 7.37e-6 u² + 6.69e-3 u - 1.92 m³/m³, here as a percentage. The signal itself is not told. The maker's example is of a
probe in the air: less than no water, and absent, so that no document holds a water content to compare with.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY
from decoders.decentlab.protocol import Group, Value, device


def _water(millivolt: float) -> float:
    return 2.97e-9 * millivolt**3 - 7.37e-6 * millivolt**2 + 6.69e-3 * millivolt - 1.92


DECODER = device(
    "DL-10HS",
    Group(1, Value("soil_moisture", lambda words: _water(3000 * (words[0] - 32768) / 32768) * 100)),
    BATTERY,
    verified=False,
)
