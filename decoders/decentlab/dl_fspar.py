"""Decentlab DL-FSPAR: photosynthetically active radiation, by a full-spectrum quantum sensor.

Source: decentlab/decentlab-decoders, DL-FSPAR: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  light    w0: 16 bit converter, 3 * (w0 / 32768 - 1) / 64 * 1000 mV, of 100 µmol/(m²·s) each
    1  battery  w0 / 1000 V

At night the sensor gives a little below 0, which is told as it is.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, bipolar
from decoders.decentlab.protocol import Group, device

DECODER = device("DL-FSPAR", Group(1, bipolar("par", 3 * 1000 / 64 * 100)), BATTERY)
