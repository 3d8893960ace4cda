"""Elsys ELT Lite: outdoor box that powers external sensors.

Source: Elsys sensor payload document; TheThingsNetwork/lorawan-devices, vendor/elsys/elsys.js, the maker's decoder.
Any FPort; the walk is in `protocol`. Types of this model:

    08 18  analogue inputs 1 and 2     2 bytes, mV
    0d 1a  contacts 1 and 2            1 byte, 0 or 1
    0a 16  pulses 1 and 2              2 bytes, since the last report
    0b 17  pulses 1 and 2, total       4 bytes
    0c     external temperature 1      2 bytes, signed, 0.1 °C
    19     external temperature 2      the same, once for each probe: channels 2, 3, ...
    0e  distance            2 bytes, mm
    12  water               1 byte, 0 is dry
    01  air temperature     2 bytes, signed, 0.1 °C
    02  humidity            1 byte, %
    07  battery             2 bytes, mV

Water is a strength from 0 to 255 for which the maker gives no threshold: anything over 0 is told as water.
The contacts are told as inputs: the document does not say which of 1 and 0 is open.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.elsys.protocol import (
    BATTERY,
    DISTANCE,
    HUMIDITY,
    INPUTS,
    LEAK,
    PULSE_END,
    TEMPERATURE,
    quantities,
    reader,
)

_TYPES = (*INPUTS, DISTANCE, LEAK, TEMPERATURE, HUMIDITY, BATTERY)

DECODER = Decoder(
    vendor="Elsys",
    model="ELT Lite",
    ports=ANY_PORT,
    quantities=quantities(*_TYPES),
    decode=reader(*_TYPES),
    wraps=PULSE_END,
    differs=(
        "The maker's decoder gives a strength of water of 0 to 255; told as water from 1 on, no threshold being given.",
    ),
)
