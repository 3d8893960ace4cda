"""Decentlab DL-SHT35: air temperature and humidity in a radiation shield.

Source: decentlab/decentlab-decoders, DL-SHT35: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  air      as `conversions.sht35`
    1  battery  w0 / 1000 V

There is no sentinel: a sensor that did not answer has no group.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, sht35
from decoders.decentlab.protocol import device

DECODER = device("DL-SHT35", sht35(), BATTERY, aliases=("DL-SHT35-001", "DL-SHT35-002"))
