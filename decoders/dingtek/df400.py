"""Dingtek DF400: level of a tank.

Source: TheThingsNetwork/lorawan-devices, vendor/dingtek/df400-codec.yaml and df400.js. The frame is in `protocol`; 17
bytes:

    5-6  battery, 0.01 V          9-10   height, of no stated unit    12     low half: level alarm
    7    low half: battery low    11     level, %                     13-14  number of the frame
    8    temperature, °C

The height is not told: the maker gives it no unit.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.dingtek.protocol import PORT, byte, low, number, reader, temperature

DECODER = Decoder(
    vendor="Dingtek",
    model="DF400",
    ports=PORT,
    quantities=("fill_level", "alarm", "device_temperature", "battery_voltage", "battery_low"),
    decode=reader(
        {
            17: (
                byte("fill_level", 11),
                low("alarm", 12),
                temperature(8),
                number("battery_voltage", 5, 100),
                low("battery_low", 7),
            )
        }
    ),
    verified=True,
)
