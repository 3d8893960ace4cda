"""Decentlab DL-DS18: temperature, by a DS18B20 on a cable.

Source: decentlab/decentlab-decoders, DL-DS18: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  probe    w0: temperature, (w0 - 32768) / 16 °C
    1  battery  w0 / 1000 V

There is no sentinel: a probe that did not answer has no group.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY
from decoders.decentlab.protocol import Group, Value, device

DECODER = device("DL-DS18", Group(1, Value("probe_temperature", lambda words: (words[0] - 32768) / 16)), BATTERY)
