"""Elsys ESM5k: room sensor for temperature, humidity, light, motion and acceleration, the maker's first.

Source: Elsys sensor payload document; TheThingsNetwork/lorawan-devices, vendor/elsys/elsys.js, the maker's decoder.
Any FPort; the walk is in `protocol`. Types of this model:

    01  air temperature     2 bytes, signed, 0.1 °C
    02  humidity            1 byte, %
    04  illuminance         2 bytes, lx
    03  acceleration        3 bytes, x y z, signed, 63 is 1 g
    05  motion              1 byte, events of the PIR since the last report
    07  battery             2 bytes, mV
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.elsys.protocol import ACCELERATION, BATTERY, HUMIDITY, LIGHT, MOTION, TEMPERATURE, quantities, reader

_TYPES = (TEMPERATURE, HUMIDITY, LIGHT, ACCELERATION, MOTION, BATTERY)

DECODER = Decoder(
    vendor="Elsys",
    model="ESM5k",
    ports=ANY_PORT,
    quantities=quantities(*_TYPES),
    decode=reader(*_TYPES),
    differs=("The maker's decoder gives acceleration in steps of 1/63 g; here it is in m/s².",),
)
