"""Decentlab DL-PR36CTD: pressure of water, for its level, temperature and conductivity (KELLER, high precision).

Source: decentlab/decentlab-decoders, DL-PR36CTD: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  probe    w0: pressure, (w0 - 32768) / kp bar; w1: temperature of the electronics, w2: of the water, by a PT1000,
                (w - 32768) / 256 °C; w3: conductivity, (w3 - 32768) / kec mS/cm
    1  battery  w0 / 1000 V

The steps of the pressure and of the conductivity are of the range that was ordered; they are parameters of the
maker's decoder, and the payload does not hold them. So a DL-PR36CTD says its temperature, and no pressure that may be
wrong by a factor; a DL-PR36CTD-001, which TheThingsNetwork/lorawan-devices has with 8192 steps a bar and 1024 a
mS/cm, says all.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, signed
from decoders.decentlab.protocol import Group, Value, device

_TEMPERATURES = (signed("water_temperature", 2, 256), signed("device_temperature", 1, 256))

DECODERS = (
    device(
        "DL-PR36CTD",
        Group(4, *_TEMPERATURES),
        BATTERY,
        verified=False,
        differs=(
            (
                "Pressure and conductivity are not told: their steps were chosen with the order, and the payload does "
                "not hold them. The maker's example, of 8192 steps a bar and 1024 a mS/cm, is read as DL-PR36CTD-001."
            ),
        ),
    ),
    device(
        "DL-PR36CTD-001",
        Group(
            4,
            signed("water_pressure", 0, 8192),
            Value("conductivity", lambda words: (words[3] - 32768) * 1000 / 1024),
            *_TEMPERATURES,
        ),
        BATTERY,
        aliases=("DL-PR36CTD (kp=8192,kec=1024)",),
    ),
)
