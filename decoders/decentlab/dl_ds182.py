"""Decentlab DL-DS182: two temperatures, by DS18B20 on cables.

Source: decentlab/decentlab-decoders, DL-DS182: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  probe    w0: temperature, (w0 - 32768) / 16 °C; w1: the probe's number
    1  probe    the same of the second probe
    2  battery  w0 / 1000 V

The maker's probes 0 and 1 are channels 1 and 2; their numbers are not read. There is no sentinel: a probe that did
not answer has no group.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-DS182",
    Group(2, signed("probe_temperature", 0, 16, channel=1)),
    Group(2, signed("probe_temperature", 0, 16, channel=2)),
    BATTERY,
)
