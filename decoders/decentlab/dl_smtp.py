"""Decentlab DL-SMTP: temperature of soil in eight depths.

Source: decentlab/decentlab-decoders, DL-SMTP: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  depths   w0, w2, ..: moisture of depths 0 to 7, (w - 2500) / 500; w1, w3, ..: temperature, (w - 32768) / 100 °C
    1  battery  w0 / 1000 V

The maker's depths 0 to 7, from the top, are channels 1 to 8. A word of 0, -327.68 °C, is a depth that the probe does
not have. The moisture is not read: the maker gives no unit for it, and its examples run from -0.4 to 4.2.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, connected, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-SMTP",
    Group(
        16,
        *(connected(signed("soil_temperature", 2 * depth - 1, 100, depth), 2 * depth - 1) for depth in range(1, 9)),
    ),
    BATTERY,
    differs=(
        "The soil moisture is not told: it has no unit, and the maker's example runs from -0.4 to 4.2.",
        "A depth that the probe does not have is absent as not connected; the maker's decoder gives -327.68 °C.",
    ),
)
