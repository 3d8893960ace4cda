"""Elsys EMS Door: door sensor with a magnet contact and an accelerometer.

Source: Elsys sensor payload document; TheThingsNetwork/lorawan-devices, vendor/elsys/elsys.js, the maker's decoder.
Any FPort; the walk is in `protocol`. Types of this model:

    0a  pulses              2 bytes, since the last report
    0b  pulses, total       4 bytes
    03  acceleration        3 bytes, x y z, signed, 63 is 1 g
    0f  movements           1 byte, events of the accelerometer since the last report
    01  air temperature     2 bytes, signed, 0.1 °C
    02  humidity            1 byte, %
    0d  contact             1 byte, 0 or 1
    07  battery             2 bytes, mV

The pulses are the operations of the contact. Its state is told as an input and not as a door: the document does not
say which of 1 and 0 is open.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.elsys.protocol import (
    ACCELERATION,
    BATTERY,
    DIGITAL_1,
    HUMIDITY,
    MOVEMENTS,
    PULSE_END,
    PULSES_1,
    TEMPERATURE,
    TOTAL_1,
    quantities,
    reader,
)

_TYPES = (DIGITAL_1, PULSES_1, TOTAL_1, ACCELERATION, MOVEMENTS, TEMPERATURE, HUMIDITY, BATTERY)

DECODER = Decoder(
    vendor="Elsys",
    model="EMS Door",
    ports=ANY_PORT,
    quantities=quantities(*_TYPES),
    decode=reader(*_TYPES),
    wraps=PULSE_END,
    verified=True,
    differs=("The maker's decoder gives acceleration in steps of 1/63 g; here it is in m/s².",),
)
