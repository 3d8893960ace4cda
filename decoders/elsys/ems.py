"""Elsys EMS and EMS Lite: sensors for temperature, humidity, acceleration, water and a contact.

Source: Elsys sensor payload document; TheThingsNetwork/lorawan-devices, vendor/elsys/elsys.js, the maker's decoder.
Any FPort; the walk is in `protocol`. Types of both models:

    01  air temperature     2 bytes, signed, 0.1 °C
    02  humidity            1 byte, %
    03  acceleration        3 bytes, x y z, signed, 63 is 1 g
    0f  movements           1 byte, events of the accelerometer since the last report
    12  water               1 byte, 0 is dry
    0a  pulses              2 bytes, since the last report
    0b  pulses, total       4 bytes
    0d  contact             1 byte, 0 or 1
    07  battery             2 bytes, mV

Water is a strength from 0 to 255 for which the maker gives no threshold: anything over 0 is told as water.
The contact is told as an input: the document does not say which of 1 and 0 is open.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.elsys.protocol import (
    ACCELERATION,
    BATTERY,
    DIGITAL_1,
    HUMIDITY,
    LEAK,
    MOVEMENTS,
    PULSE_END,
    PULSES_1,
    TEMPERATURE,
    TOTAL_1,
    quantities,
    reader,
)

_TYPES = (TEMPERATURE, HUMIDITY, ACCELERATION, MOVEMENTS, LEAK, DIGITAL_1, PULSES_1, TOTAL_1, BATTERY)

_EMS = Decoder(
    vendor="Elsys",
    model="EMS",
    ports=ANY_PORT,
    quantities=quantities(*_TYPES),
    decode=reader(*_TYPES),
    wraps=PULSE_END,
    verified=True,
    differs=(
        "The maker's decoder gives acceleration in steps of 1/63 g; here it is in m/s².",
        "The maker's decoder gives a strength of water of 0 to 255; told as water from 1 on, no threshold being given.",
    ),
)
DECODERS = (_EMS, replace(_EMS, model="EMS Lite"))
