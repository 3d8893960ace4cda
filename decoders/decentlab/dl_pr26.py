"""Decentlab DL-PR26: pressure of water, for its level, and temperature (KELLER, submersible).

Source: decentlab/decentlab-decoders, DL-PR26: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  probe    w0: pressure, 16384 at the low and 49152 at the high end of the range; w1: temperature,
                (w1 - 384) * 0.003125 - 50 °C
    1  battery  w0 / 1000 V

The range is what was ordered; it is printed on the probe and a parameter of the maker's decoder, and the payload does
not hold it. So a DL-PR26 says its temperature, and no pressure that may be wrong by a factor; a DL-PR26-001, which
TheThingsNetwork/lorawan-devices has with the range of 0 to 1 bar, says both. A pressure a little below the range is
the probe's zero error, and told.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, keller_pressure, keller_temperature
from decoders.decentlab.protocol import Group, device

_TEMPERATURE = keller_temperature("water_temperature")

DECODERS = (
    device(
        "DL-PR26",
        Group(2, _TEMPERATURE),
        BATTERY,
        verified=False,
        differs=(
            (
                "Pressure is not told: its range was chosen with the order, and the payload does not hold it. The "
                "maker's example, of 0 to 1 bar, is read as DL-PR26-001."
            ),
        ),
    ),
    device(
        "DL-PR26-001",
        Group(2, keller_pressure(0, 1), _TEMPERATURE),
        BATTERY,
        aliases=("DL-PR26 (Pmin=0.0,Pmax=1.0)",),
    ),
)
