"""Dragino LDDS75: ultrasonic distance, 280 to 7500 mm, with an optional DS18B20 temperature probe.

Source: Dragino LDDS75 user manual, chapter "Uplink Payload" (firmware 1.1.4). FPort 2 as delivered, set by AT+PORT.

    BBBB DDDD II TTTT SS                8 bytes; see `ultrasonic`
    BBBB DDDD II                        5 bytes, firmware before the probe
    - D: below 280 invalid; since firmware 1.1.4 it is sent as 20

0 °C and "no probe" have the same bits (the maker's firmware sends 0 when it cannot read a DS18B20), and nearly every
device has no probe; so 0 is absent, which in Việt Nam costs nothing.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.dragino.protocol import ByPort
from decoders.dragino.ultrasonic import LONG, SHORT, Transducer

DECODER = Decoder(
    vendor="Dragino",
    model="LDDS75",
    ports=ANY_PORT,
    quantities=("distance", "probe_temperature", "battery_voltage", "interrupt"),
    decode=ByPort(Transducer(280, lengths=(LONG, SHORT)).report, {}),
    verified=True,
    differs=(
        "A probe of 0.00 °C is absent: the firmware sends 0 where no probe is connected.",
        "A distance below 280 mm is absent: the manual calls it invalid.",
        "Whether the transducer was found (`Sensor_flag`) is told by the distance: absent where it was not.",
    ),
)
