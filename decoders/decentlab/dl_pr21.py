"""Decentlab DL-PR21: pressure in pipes, or level, and temperature (KELLER, with a thread).

Source: decentlab/decentlab-decoders, DL-PR21: the maker's decoder of the payload, and its example payloads.
FPort 1; the frame is described in `protocol`. Groups, of 16 bit words:

    0  probe    w0: pressure, 16384 at the low and 49152 at the high end of the range; w1: temperature,
                (w1 - 384) * 0.003125 - 50 °C
    1  battery  w0 / 1000 V

The range is what was ordered; it is printed on the probe and a parameter of the maker's decoder, and the payload does
not hold it. So a DL-PR21 says its temperature, and no pressure that may be wrong by a factor; a DL-PR21-001, which
TheThingsNetwork/lorawan-devices has with the range of -1 to 10 bar, says both. A pressure a little below the range is
the probe's zero error, and told.
"""

from __future__ import annotations

from decoders.decentlab.conversions import BATTERY, keller_pressure, keller_temperature
from decoders.decentlab.protocol import Group, device

_TEMPERATURE = keller_temperature("water_temperature")

DECODERS = (
    device(
        "DL-PR21",
        Group(2, _TEMPERATURE),
        BATTERY,
        verified=False,
        differs=(
            (
                "Pressure is not told: its range was chosen with the order, and the payload does not hold it. The "
                "maker's example, of -1 to 10 bar, is read as DL-PR21-001."
            ),
        ),
    ),
    device(
        "DL-PR21-001",
        Group(2, keller_pressure(-1, 10), _TEMPERATURE),
        BATTERY,
        aliases=("DL-PR21 (Pmin=-1.0,Pmax=10.0)",),
    ),
)
