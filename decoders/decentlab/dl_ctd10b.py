"""Decentlab DL-CTD10B: depth, temperature and conductivity of water (METER CTD-10, HYDROS 21), to sea water.

Source: decentlab/decentlab-decoders, DL-CTD10B: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  water    w0: depth over the probe, w0 - 32768 mm; w1: temperature, (w1 - 32768) / 10 °C; w2: conductivity,
                2 µS/cm; w3: 1 where the probe may have been frozen
    1  battery  w0 / 1000 V

The same payload as that of a DL-CTD10 but for the step of the conductivity; nothing in it tells the two apart. A
freezing word other than 0 and 1 is not documented, and absent.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, plain, signed
from decoders.decentlab.protocol import Group, Value, device

DECODER = device(
    "DL-CTD10B",
    Group(
        4,
        signed("water_depth", 0, 1000),
        signed("water_temperature", 1, 10),
        Value("conductivity", lambda words: words[2] * 2.0),
        plain("freezing", 3),
    ),
    BATTERY,
)
