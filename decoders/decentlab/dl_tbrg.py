"""Decentlab DL-TBRG: rain, by a tipping bucket.

Source: decentlab/decentlab-decoders, DL-TBRG: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  rain     w0: tips since the last report; w1: in how many seconds; w2 + 65536 * w3: tips in total
    1  battery  w0 / 1000 V

The millimetres of a tip are of the gauge that was ordered; they are a parameter of the maker's decoder, and the
payload does not hold them. So a DL-TBRG says its tips; a DL-TBRG-001, which TheThingsNetwork/lorawan-devices has with
0.1 mm, says the rain.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, plain, total
from decoders.decentlab.protocol import Group, device

_INTERVAL = plain("report_interval", 1)

DECODERS = (
    device(
        "DL-TBRG",
        Group(4, total("pulses", 2), plain("pulse_count", 0), _INTERVAL),
        BATTERY,
        verified=False,
        wraps={"pulses": 2**32},
        differs=(
            (
                "Tips of the bucket are told, not millimetres: how much rain a tip is was chosen with the order, and "
                "the payload does not hold it. The maker's example, of 0.1 mm a tip, is read as DL-TBRG-001."
            ),
        ),
    ),
    device(
        "DL-TBRG-001",
        Group(4, plain("rain", 0, 10), total("rain_total", 2, 10), _INTERVAL),
        BATTERY,
        wraps={"rain_total": 2**32 / 10},
        aliases=("DL-TBRG (resolution=0.1)",),
    ),
)
