"""Decentlab DL-DWS: weighing scale, by a vibrating wire.

Source: decentlab/decentlab-decoders, DL-DWS: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  wire     w0: vibrations in w1 / 32768 s; w2 is not documented
    1  battery  w0 / 1000 V

The weight is (f² - f02) * s + m0, with f = w0 / w1 * 32768 Hz and three numbers of the calibration of each scale,
which the maker's decoder takes as parameters and the payload does not hold. So the frequency is told. A time of 0 is
absent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import Reason
from decoders.decentlab.conversions import BATTERY
from decoders.decentlab.protocol import Group, Value, device

if TYPE_CHECKING:
    from decoders.decentlab.protocol import Words


def _frequency(words: Words) -> float | Reason:
    return words[0] * 32768 / words[1] if words[1] else Reason.DEVICE_ERROR


DECODER = device(
    "DL-DWS",
    Group(3, Value("vibration_frequency", _frequency)),
    BATTERY,
    differs=(
        (
            "The weight is not told, but the frequency that it is computed of: it needs the calibration of each "
            "scale, and the one in the maker's example is of one device."
        ),
    ),
)
