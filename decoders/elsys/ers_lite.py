"""Elsys ERS Lite: room sensor for temperature and humidity.

Source: Elsys sensor payload document; TheThingsNetwork/lorawan-devices, vendor/elsys/elsys.js, the maker's decoder.
Any FPort; the walk is in `protocol`. Types of this model:

    01  air temperature     2 bytes, signed, 0.1 °C
    02  humidity            1 byte, %
    07  battery             2 bytes, mV
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.elsys.protocol import BATTERY, HUMIDITY, TEMPERATURE, quantities, reader

_TYPES = (TEMPERATURE, HUMIDITY, BATTERY)

DECODER = Decoder(
    vendor="Elsys",
    model="ERS Lite",
    ports=ANY_PORT,
    quantities=quantities(*_TYPES),
    decode=reader(*_TYPES),
    verified=True,
)
