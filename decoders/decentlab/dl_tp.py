"""Decentlab DL-TP: temperatures along a probe of up to sixteen levels.

Source: decentlab/decentlab-decoders, DL-TP: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  levels   w0..w15: temperature of levels 0 to 15, (w - 32768) / 100 °C
    1  battery  w0 / 1000 V

The maker's levels 0 to 15 are channels 1 to 16. A word of 0, -327.68 °C, is a level that the probe does not have.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, connected, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-TP",
    Group(16, *(connected(signed("probe_temperature", level - 1, 100, level), level - 1) for level in range(1, 17))),
    BATTERY,
    differs=("A level that the probe does not have is absent as not connected; the maker's decoder gives -327.68 °C.",),
)
