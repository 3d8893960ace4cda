"""Decentlab DL-PR36: pressure of water, for its level, and temperature (KELLER, high precision).

Source: decentlab/decentlab-decoders, DL-PR36: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  probe    w0: pressure, (w0 - 32768) / kp bar; w1: temperature, (w1 - 32768) / 256 °C
    1  battery  w0 / 1000 V

The steps of the pressure are of the range that was ordered; they are parameters of the maker's decoder, and the
payload does not hold them. So a DL-PR36 says its temperature, and no pressure that may be wrong by a factor; a
DL-PR36-001, which TheThingsNetwork/lorawan-devices has with 8192 steps a bar, says all.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, signed
from decoders.decentlab.protocol import Group, device

_TEMPERATURE = signed("water_temperature", 1, 256)

DECODERS = (
    device(
        "DL-PR36",
        Group(2, _TEMPERATURE),
        BATTERY,
        verified=False,
        differs=(
            (
                "Pressure is not told: its step was chosen with the order, and the payload does not hold it. The "
                "maker's example, of 8192 steps a bar, is read as DL-PR36-001."
            ),
        ),
    ),
    device(
        "DL-PR36-001",
        Group(2, signed("water_pressure", 0, 8192), _TEMPERATURE),
        BATTERY,
        aliases=("DL-PR36 (kp=8192)",),
    ),
)
