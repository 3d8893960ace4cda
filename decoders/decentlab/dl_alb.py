"""Decentlab DL-ALB: albedo, by a pyranometer that looks up and one that looks down.

Source: decentlab/decentlab-decoders, DL-ALB: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  radiation  w0: incoming, w1: reflected; (w - 32768) / 10 W/m²
    1  battery    w0 / 1000 V

The maker's decoder also divides the two, and gives 0 where either is not above 0. The albedo is not told: at night it
is a division of offsets.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-ALB",
    Group(2, signed("solar_radiation", 0, 10), signed("reflected_radiation", 1, 10)),
    BATTERY,
    differs=("The albedo is not told, which the maker's decoder divides out of the two radiations.",),
)
