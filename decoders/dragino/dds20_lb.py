"""Dragino DDS20-LB: ultrasonic liquid level through the bottom of a container, 20 to 2000 mm, with an optional DS18B20.

Source: Dragino DDS20-LB decoder; captured payloads in akenza's device type library. Report on FPort 2 as delivered.

    2  BBBB DDDD II TTTT SS             report, 8 bytes; see `ultrasonic`
    3  BBBB DDDD TTTT FF NNNNNNNN       data log
    5  device status

Without a probe the temperature is 0ccc: 327.67 °C in steps of 0.1 °C. The maker's decoder prints the data log's
temperature in raw steps; it has the same steps as in the report, as on the DDS45-LB.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.dragino.protocol import DATA_LOG, STATUS, ByPort, data_log, status
from decoders.dragino.ultrasonic import Transducer

_TRANSDUCER = Transducer(20, "water_depth", 1000)

DECODER = Decoder(
    vendor="Dragino",
    model="DDS20-LB",
    ports=ANY_PORT,
    quantities=("water_depth", "probe_temperature", "battery_voltage", "interrupt"),
    decode=ByPort(_TRANSDUCER.report, {DATA_LOG: data_log(_TRANSDUCER.entry), STATUS: status}),
    aliases=("DDS20-LS",),
    verified=True,
    differs=(
        "The maker's distance in mm is the depth of the liquid in m: the transducer looks up from the bottom.",
        "A probe of 327.6 °C is absent: the firmware sends it where no probe is connected.",
    ),
)
