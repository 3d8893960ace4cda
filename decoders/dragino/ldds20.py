"""Dragino LDDS20: ultrasonic liquid level through the bottom of a container, 20 to 2000 mm, with an optional DS18B20.

Source: Dragino LDDS20 decoder V1.1.4 and its example in The Things Network device repository. FPort 2 as delivered,
settable.

    BBBB DDDD II TTTT SS                8 bytes; see `ultrasonic`
    BBBB DDDD II                        5 bytes, firmware before the probe
    - D: below 20 invalid; since firmware 1.1.4 it is sent as 20

The transducer is glued under the container and looks up to the surface. What the maker calls the distance is thus the
height of the liquid, and grows with it: `water_depth`.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.dragino.protocol import ByPort
from decoders.dragino.ultrasonic import LONG, SHORT, Transducer

DECODER = Decoder(
    vendor="Dragino",
    model="LDDS20",
    ports=ANY_PORT,
    quantities=("water_depth", "probe_temperature", "battery_voltage", "interrupt"),
    decode=ByPort(Transducer(20, "water_depth", 1000, (LONG, SHORT)).report, {}),
    verified=True,
    differs=(
        "The maker's distance in mm is the depth of the liquid in m: the transducer looks up from the bottom.",
        "A probe of 0.00 °C is absent: the firmware sends 0 where no probe is connected.",
    ),
)
