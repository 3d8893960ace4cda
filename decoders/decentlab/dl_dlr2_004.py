"""Decentlab DL-DLR2-004: current of a 4 to 20 mA loop.

Source: decentlab/decentlab-decoders, DL-DLR2-004: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  loop     w0: 16 bit converter over the shunt, 3 * (w0 - 32768) / 32768 / 2 / 10 Ω, 0 to 150 mA
    1  battery  w0 / 1000 V

The maker's decoder has the shunt as a parameter, 10 Ω in its name; so has the maker's own entry of this part number
in TheThingsNetwork/lorawan-devices, vendor/decentlab/dl-dlr2-004.yaml. A logger with another shunt is another model.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, bipolar
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-DLR2-004",
    Group(1, bipolar("loop_current", 3 * 1000 / 2 / 10)),
    BATTERY,
    aliases=("DL-DLR2-004 (R=10.0)",),
)
