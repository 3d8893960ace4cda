"""Decentlab DL-SHT21: air temperature and humidity in a radiation shield, no longer made.

Source: decentlab/decentlab-decoders, DL-SHT21: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  air      as `conversions.sht21`
    1  battery  w0 / 1000 V

There is no sentinel: a sensor that did not answer has no group.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, CROPPED, sht21
from decoders.decentlab.protocol import device

DECODER = device("DL-SHT21", sht21(), BATTERY, differs=(CROPPED,))
