"""Elsys ELT Ultrasonic: outdoor ultrasonic distance sensor, with climate, acceleration and air pressure inside.

Source: Elsys sensor payload document; TheThingsNetwork/lorawan-devices, vendor/elsys/elsys.js, the maker's decoder.
Any FPort; the walk is in `protocol`. Types of this model:

    0e  distance            2 bytes, mm
    01  air temperature     2 bytes, signed, 0.1 °C
    02  humidity            1 byte, %
    14  air pressure        4 bytes, 0.001 hPa
    03  acceleration        3 bytes, x y z, signed, 63 is 1 g
    0f  movements           1 byte, events of the accelerometer since the last report
    07  battery             2 bytes, mV
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.elsys.protocol import (
    ACCELERATION,
    BATTERY,
    DISTANCE,
    HUMIDITY,
    MOVEMENTS,
    PRESSURE,
    TEMPERATURE,
    quantities,
    reader,
)

_TYPES = (DISTANCE, TEMPERATURE, HUMIDITY, PRESSURE, ACCELERATION, MOVEMENTS, BATTERY)

DECODER = Decoder(
    vendor="Elsys",
    model="ELT Ultrasonic",
    ports=ANY_PORT,
    quantities=quantities(*_TYPES),
    decode=reader(*_TYPES),
    verified=True,
    differs=(
        "The maker's decoder gives acceleration in steps of 1/63 g; here it is in m/s².",
        "The maker's example holds an air pressure of 100,729 hPa, which is impossible and told as absent.",
    ),
)
