"""Decentlab DL-LID: distance, by laser, for levels in rivers and drains.

Source: decentlab/decentlab-decoders, DL-LID: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  distance  mm: w0: mean, w1: least, w2: most, w3: median, w4..w7: 10th, 25th, 75th, 90th percentile, w8: most
                 frequent; w9: number of valid samples; w10: time that they took, 1 / 1.024 ms
    1  battery   w0 / 1000 V

The median is told as the distance, mean, least and most beside it; the percentiles are not told. Where no sample was
valid all distances are absent.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, plain, sampled
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-LID",
    Group(
        11,
        *sampled(
            9,
            plain("distance", 3),
            plain("distance_mean", 0),
            plain("distance_min", 1),
            plain("distance_max", 2),
        ),
    ),
    BATTERY,
    differs=(
        "Of the nine statistics of the distance four are told, the median as the distance.",
        "How many single measurements they are of (`number_of_samples`) is not told.",
    ),
)
