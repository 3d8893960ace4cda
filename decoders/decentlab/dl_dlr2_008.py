"""Decentlab DL-DLR2-008: temperature, by a PT100.

Source: decentlab/decentlab-decoders, DL-DLR2-008: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  probe    w0 + 65536 * w1: 24 bit converter, c; r = (c / 2^23 - 1) / 2; R = 2000 Ω * r / (1 - r)
    1  battery  w0 / 1000 V

Temperature is the maker's parabola, -244.83 + 2.3419 R + 0.0010664 R² °C. The reference of 2000 Ω is a parameter of
the maker's decoder, with this value in its name and in the maker's own entry in TheThingsNetwork/lorawan-devices. A
bridge outside of 0 to 1 is a broken or shorted probe, and absent.
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
    bridge = ratio(words) / 2
    if not 0 < bridge < 1:
        return Reason.DEVICE_ERROR
    ohm = bridge * _REFERENCE / (1 - bridge)
    return -244.83 + 2.3419 * ohm + 0.0010664 * ohm**2


DECODER = device(
    "DL-DLR2-008",
    Group(2, Value("probe_temperature", _temperature)),
    BATTERY,
    aliases=("DL-DLR2-008 (R=2000)",),
)
