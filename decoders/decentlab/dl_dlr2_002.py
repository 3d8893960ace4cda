"""Decentlab DL-DLR2-002: counter of a dry contact's pulses.

Source: decentlab/decentlab-decoders, DL-DLR2-002: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  pulses   w0: since the last report; w1: in how many seconds; w2 + 65536 * w3: in total
    1  battery  w0 / 1000 V
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, plain, total
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-DLR2-002",
    Group(4, total("pulses", 2), plain("pulse_count", 0), plain("report_interval", 1)),
    BATTERY,
    wraps={"pulses": 2**32},
)
