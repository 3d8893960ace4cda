"""Decentlab DL-PYR: solar radiation, by a pyranometer.

Source: decentlab/decentlab-decoders, DL-PYR: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  light    w0: 16 bit converter, 3 * (w0 / 32768 - 1) * 1000 mV, of 5 W/m² each
    1  battery  w0 / 1000 V

At night the sensor gives a little below 0, which is told as it is.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, bipolar
from decoders.decentlab.protocol import Group, device

DECODER = device("DL-PYR", Group(1, bipolar("solar_radiation", 3 * 1000 * 5)), BATTERY)
