"""Dragino LDDS45: ultrasonic distance, 30 to 4500 mm, with an optional DS18B20 temperature probe.

Source: Dragino LDDS45 decoder and its example in The Things Network device repository. FPort 2 as delivered, settable.

    BBBB DDDD II TTTT SS                8 bytes; see `ultrasonic`
    - D: below 30 invalid, or sent as 20
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.dragino.protocol import ByPort
from decoders.dragino.ultrasonic import LONG, SHORT, Transducer

DECODER = Decoder(
    vendor="Dragino",
    model="LDDS45",
    ports=ANY_PORT,
    quantities=("distance", "probe_temperature", "battery_voltage", "interrupt"),
    decode=ByPort(Transducer(30, lengths=(LONG, SHORT)).report, {}),
    verified=True,
    differs=("A probe of 0.00 °C is absent: the firmware sends 0 where no probe is connected.",),
)
