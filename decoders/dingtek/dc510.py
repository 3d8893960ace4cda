"""Dingtek DC510: counts the people who pass it.

Source: TheThingsNetwork/lorawan-devices, vendor/dingtek/dc510-codec.yaml and dc510.js. The frame is in `protocol`; 18
bytes:

    5-6  people since the counter was set to 0 by a command    12     low half: battery low
    8    temperature, °C                                       13-14  battery, 0.01 V
    11   high half: more than the threshold                    15-16  number of the frame

The maker's example of the parameters begins with 50, decimal 80 without its 0x; no device sends that.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.dingtek.protocol import PORT, high, low, number, reader, temperature

DECODER = Decoder(
    vendor="Dingtek",
    model="DC510",
    ports=PORT,
    quantities=("people", "alarm", "device_temperature", "battery_voltage", "battery_low"),
    decode=reader(
        {
            18: (
                number("people", 5),
                high("alarm", 11),
                temperature(8),
                number("battery_voltage", 13, 100),
                low("battery_low", 12),
            )
        }
    ),
    wraps={"people": 2**16},
    verified=True,
)
