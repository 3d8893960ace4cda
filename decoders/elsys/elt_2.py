"""Elsys ELT-2: outdoor box for external sensors, with temperature, humidity, acceleration and air pressure inside.

Source: Elsys sensor payload document; TheThingsNetwork/lorawan-devices, vendor/elsys/elsys.js, the maker's decoder.
Any FPort; the walk is in `protocol`. Types of this model:

    01  air temperature     2 bytes, signed, 0.1 °C
    02  humidity            1 byte, %
    14  air pressure        4 bytes, 0.001 hPa
    03  acceleration        3 bytes, x y z, signed, 63 is 1 g
    0f  movements           1 byte, events of the accelerometer since the last report
    0e  distance            2 bytes, mm
    10  infrared            2 bytes the sensor's own, 2 bytes the object's temperature, signed, 0.1 °C
    12  water               1 byte, 0 is dry
    08 18  analogue inputs 1 and 2     2 bytes, mV
    0d 1a  contacts 1 and 2            1 byte, 0 or 1
    0a 16  pulses 1 and 2              2 bytes, since the last report
    0b 17  pulses 1 and 2, total       4 bytes
    0c     external temperature 1      2 bytes, signed, 0.1 °C
    19     external temperature 2      the same, once for each probe: channels 2, 3, ...
    07  battery             2 bytes, mV

Water is a strength from 0 to 255 for which the maker gives no threshold: anything over 0 is told as water.
The contacts are told as inputs: the document does not say which of 1 and 0 is open. The voltage of the load-cell module
(1b) is passed over: the document does not say what it stands for.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.elsys.protocol import (
    ACCELERATION,
    BATTERY,
    DISTANCE,
    HUMIDITY,
    INFRARED,
    INPUTS,
    LEAK,
    MOVEMENTS,
    PRESSURE,
    PULSE_END,
    TEMPERATURE,
    quantities,
    reader,
)

_TYPES = (TEMPERATURE, HUMIDITY, PRESSURE, ACCELERATION, MOVEMENTS, DISTANCE, INFRARED, LEAK, *INPUTS, BATTERY)

DECODER = Decoder(
    vendor="Elsys",
    model="ELT-2",
    ports=ANY_PORT,
    quantities=quantities(*_TYPES),
    decode=reader(*_TYPES),
    wraps=PULSE_END,
    aliases=("ELT-2 HP", "ELT2"),
    verified=True,
    differs=(
        "The maker's decoder gives acceleration in steps of 1/63 g; here it is in m/s².",
        "The maker's decoder gives a strength of water of 0 to 255; told as water from 1 on, no threshold being given.",
        "The maker's example holds an air pressure of 100,729 hPa, which is impossible and told as absent.",
    ),
)
