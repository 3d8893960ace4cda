"""Dingtek DF701: an ultrasonic sensor in the lid of a waste bin.

Source: TheThingsNetwork/lorawan-devices, vendor/dingtek/df701-codec.yaml; the place of each field from its example and
the decoder of the maker's DT320, which sends the same 18 bytes. The frame is in `protocol`:

    5-6  distance to the waste, mm     12     low half: battery low
    11   high half: full               13-14  battery, 0.01 V      15-16  number of the frame
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.dingtek.protocol import PORT, distance, high, low, number, reader

DECODER = Decoder(
    vendor="Dingtek",
    model="DF701",
    ports=PORT,
    quantities=("fill_distance", "full", "battery_voltage", "battery_low"),
    decode=reader(
        {
            18: (
                distance("fill_distance"),
                high("full", 11),
                number("battery_voltage", 13, 100),
                low("battery_low", 12),
            )
        }
    ),
    verified=True,
    differs=("The maker's example holds a level of 9999 mm, beyond the sensor's reach; it is told as absent.",),
)
