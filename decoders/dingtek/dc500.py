"""Dingtek DC500: counts the people who pass it.

Source: TheThingsNetwork/lorawan-devices, vendor/dingtek/dc500-codec.yaml and dc500.js. The frame is in `protocol`; 21
bytes:

    5-6  people since the counter was set to 0 by a command    9-10   battery, 0.01 V
    7    high half: more than the threshold, low: battery low  17-18  number of the frame
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.dingtek.protocol import PORT, high, low, number, reader

DECODER = Decoder(
    vendor="Dingtek",
    model="DC500",
    ports=PORT,
    quantities=("people", "alarm", "battery_voltage", "battery_low"),
    decode=reader(
        {21: (number("people", 5), high("alarm", 7), number("battery_voltage", 9, 100), low("battery_low", 7))}
    ),
    wraps={"people": 2**16},
    verified=True,
)
