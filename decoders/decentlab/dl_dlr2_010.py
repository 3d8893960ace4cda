"""Decentlab DL-DLR2-010: counter of the pulses of two dry contacts.

Source: decentlab/decentlab-decoders, DL-DLR2-010: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  pulses   of contact 0: w0: since the last report; w1: in how many seconds; w2 + 65536 * w3: in total
    1  pulses   the same of contact 1
    2  battery  w0 / 1000 V

The maker's contacts 0 and 1 are channels 1 and 2.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, plain, total
from decoders.decentlab.protocol import Group, device


def _contact(channel: int) -> Group:
    return Group(
        4,
        total("pulses", 2, channel=channel),
        plain("pulse_count", 0, channel=channel),
        plain("report_interval", 1, channel=channel),
    )


DECODER = device("DL-DLR2-010", _contact(1), _contact(2), BATTERY, wraps={"pulses": 2**32})
