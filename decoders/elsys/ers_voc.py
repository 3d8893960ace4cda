"""Elsys ERS VOC: room sensor for volatile organic compounds, temperature, humidity, light and motion.

Source: Elsys sensor payload document; TheThingsNetwork/lorawan-devices, vendor/elsys/elsys.js, the maker's decoder.
Any FPort; the walk is in `protocol`. Types of this model:

    1c  TVOC                2 bytes, ppb
    01  air temperature     2 bytes, signed, 0.1 °C
    02  humidity            1 byte, %
    04  illuminance         2 bytes, lx
    05  motion              1 byte, events of the PIR since the last report
    07  battery             2 bytes, mV
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.elsys.protocol import BATTERY, HUMIDITY, LIGHT, MOTION, TEMPERATURE, TVOC, quantities, reader

_TYPES = (TVOC, TEMPERATURE, HUMIDITY, LIGHT, MOTION, BATTERY)

DECODER = Decoder(
    vendor="Elsys",
    model="ERS VOC",
    ports=ANY_PORT,
    quantities=quantities(*_TYPES),
    decode=reader(*_TYPES),
    verified=True,
)
