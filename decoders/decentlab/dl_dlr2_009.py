"""Decentlab DL-DLR2-009: temperature, by a PT1000.

Source: decentlab/decentlab-decoders, DL-DLR2-009: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  probe    w0 + 65536 * w1: 24 bit converter, c; r = c / 2^23 - 1; R = 2000 Ω * r / (1 - r)
    1  battery  w0 / 1000 V

Temperature is the maker's parabola, -245.18 + 0.23469 R + 0.0000104876 R² °C. The maker's decoder names the reference
as a parameter and computes with 2000 Ω whatever it is; so it is 2000 Ω here. A bridge outside of 0 to 1 is a broken
or shorted probe, and absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import Reason
from decoders.decentlab.conversions import BATTERY, ratio
from decoders.decentlab.protocol import Group, Value, device

if TYPE_CHECKING:
    from decoders.decentlab.protocol import Words

_REFERENCE = 2000


def _temperature(words: Words) -> float | Reason:
    bridge = ratio(words)
    if not 0 < bridge < 1:
        return Reason.DEVICE_ERROR
    ohm = bridge * _REFERENCE / (1 - bridge)
    return -245.18 + 0.23469 * ohm + 0.0000104876 * ohm**2


DECODER = device(
    "DL-DLR2-009",
    Group(2, Value("probe_temperature", _temperature)),
    BATTERY,
    aliases=("DL-DLR2-009 (R=2000)",),
    differs=("The resistance of the PT1000 is not told, the temperature that is computed of it is.",),
)
