"""Decentlab DL-BLG: black globe temperature, for the heat stress of people outdoors.

Source: decentlab/decentlab-decoders, DL-BLG: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  globe    w0 + 65536 * w1: 24 bit converter, c; of the bridge r = (c / 2^23 - 1) / 2 and
                of the thermistor R = 1000 / r - 41000 Ω
    1  battery  w0 / 1000 V

Temperature by Steinhart and Hart: 1 / (8.271111e-4 + 2.08802e-4 ln R + 8.0592e-8 (ln R)³) K. A bridge at or below 0,
or a resistance below 1 Ω, is a broken or shorted thermistor, and absent.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from decoders.base import Reason
from decoders.decentlab.conversions import BATTERY, ratio
from decoders.decentlab.protocol import Group, Value, device

if TYPE_CHECKING:
    from decoders.decentlab.protocol import Words

_KELVIN = 273.15


def _globe(words: Words) -> float | Reason:
    bridge = ratio(words) / 2
    ohm = 1000 / bridge - 41000 if bridge > 0 else 0
    if ohm < 1:
        return Reason.DEVICE_ERROR
    logarithm = log(ohm)
    return 1 / (0.0008271111 + 0.000208802 * logarithm + 0.000000080592 * logarithm**3) - _KELVIN


DECODER = device("DL-BLG", Group(2, Value("globe_temperature", _globe)), BATTERY)
