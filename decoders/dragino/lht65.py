"""Dragino LHT65: indoor air temperature and humidity, with one external sensor.

Source: Dragino LHT65 user manual, chapters 2.4 and 2.6 (the data log and its example); example in The Things Network
device repository. FPort 2 as delivered, settable. The layout is described in `lht`.

The level of the interrupt pin is `input`: 1 is high, a contact that is closed. The counter of two bytes (7) begins at 0
again after 65535, that of four (8) after 4294967295.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.dragino.lht import report
from decoders.dragino.protocol import ByPort

DECODER = Decoder(
    vendor="Dragino",
    model="LHT65",
    aliases=("LHT65-E1", "LHT65-E3", "LHT65-E5"),
    ports=ANY_PORT,
    quantities=(
        *("air_temperature", "humidity", "probe_temperature", "illuminance", "input_voltage", "pulses", "input"),
        *("interrupt", "battery_voltage", "battery_low"),
    ),
    decode=ByPort(report, {}),
    wraps={"pulses": 2**32},
    verified=True,
    differs=("An external temperature of 327.67 °C is absent: it stands for no sensor.",),
)
