"""Decentlab DL-MBX: distance, by ultrasound (MaxBotix), for levels in rivers and drains.

Source: decentlab/decentlab-decoders, DL-MBX: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  distance  w0: mm; w1: number of valid samples
    1  battery   w0 / 1000 V

Where no sample was valid the distance is absent. The sensors are MaxBotix HRXL-MaxSonar-WR; their data sheet,
PD11500, has 5000 mm (sensors of 5 m) and 9999 mm (of 10 m) as the largest distance that they report, whatever is
beyond. The payload does not say which sensor it is, so both are told as saturated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import Reason
from decoders.decentlab.conversions import BATTERY, sampled
from decoders.decentlab.protocol import Group, Value, device

if TYPE_CHECKING:
    from decoders.decentlab.protocol import Words

_ENDS = (5000, 9999)


def _distance(words: Words) -> float | Reason:
    return Reason.SATURATED if words[0] in _ENDS else float(words[0])


DECODER = device(
    "DL-MBX",
    Group(2, *sampled(1, Value("distance", _distance))),
    BATTERY,
    differs=(
        (
            "A distance of exactly 5000 or 9999 mm is absent as saturated: it is what MaxBotix sensors report when "
            "nothing is in their range."
        ),
    ),
)
