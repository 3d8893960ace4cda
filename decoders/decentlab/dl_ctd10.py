"""Decentlab DL-CTD10: depth, temperature and conductivity of water (METER CTD-10, HYDROS 21).

Source: decentlab/decentlab-decoders, DL-CTD10: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  water    w0: depth over the probe, w0 - 32768 mm; w1: temperature, (w1 - 32768) / 10 °C; w2: conductivity, µS/cm;
                w3: 1 where the probe may have been frozen
    1  battery  w0 / 1000 V

The probe measures to 120000 µS/cm, and a word ends at 65535: brackish to sea water is for the DL-CTD10B, which sends
half. The end of the word is told as saturated. A freezing word other than 0 and 1 is not documented, and absent.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, ending, plain, signed
from decoders.decentlab.protocol import Group, device

DECODER = device(
    "DL-CTD10",
    Group(
        4,
        signed("water_depth", 0, 1000),
        signed("water_temperature", 1, 10),
        ending(plain("conductivity", 2), 2),
        plain("freezing", 3),
    ),
    BATTERY,
)
