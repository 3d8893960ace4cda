"""Decentlab DL-SDD: moisture and temperature of soil in up to twelve depths.

Source: decentlab/decentlab-decoders, DL-SDD: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  levels   0 to 5: w0..w5: moisture, (w - 32768) / 100 %; w6..w11: temperature, (w - 32768) / 100 °C;
                w12..w17: salinity, w - 100
    1  levels   6 to 11: the same
    2  battery  w0 / 1000 V

The maker's levels 0 to 11, from the top, are channels 1 to 12; a short probe has no group 1. A word of 0 in moisture
or temperature, -327.68, is a level that the probe does not have. The salinity is not read: it is an index without a
unit.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, connected, signed
from decoders.decentlab.protocol import Group, device


def _levels(first: int) -> Group:
    return Group(
        18,
        *(connected(signed("soil_moisture", level, 100, first + level), level) for level in range(6)),
        *(connected(signed("soil_temperature", 6 + level, 100, first + level), 6 + level) for level in range(6)),
    )


DECODER = device(
    "DL-SDD",
    _levels(1),
    _levels(7),
    BATTERY,
    differs=("The salinity of the levels is not told: it is an index without a unit.",),
)
