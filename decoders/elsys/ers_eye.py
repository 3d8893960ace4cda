"""Elsys ERS Eye: room sensor for occupancy by heat, temperature, humidity, light and motion.

Source: Elsys sensor payload document; TheThingsNetwork/lorawan-devices, vendor/elsys/elsys.js, the maker's decoder.
Any FPort; the walk is in `protocol`. Types of this model:

    11  occupancy           1 byte
    01  air temperature     2 bytes, signed, 0.1 °C
    02  humidity            1 byte, %
    04  illuminance         2 bytes, lx
    05  motion              1 byte, events of the PIR since the last report
    07  battery             2 bytes, mV

Occupancy is 0 nobody, 1 the PIR was triggered, 2 the heat of a body is seen; both of the latter are presence. The
heat picture (13, 65 bytes) is passed over.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.elsys.protocol import BATTERY, HUMIDITY, LIGHT, MOTION, TEMPERATURE, occupancy, quantities, reader

_OCCUPANCY = occupancy({0: 0.0, 1: 1.0, 2: 1.0})
_TYPES = (_OCCUPANCY, TEMPERATURE, HUMIDITY, LIGHT, MOTION, BATTERY)

DECODER = Decoder(
    vendor="Elsys",
    model="ERS Eye",
    ports=ANY_PORT,
    quantities=quantities(*_TYPES),
    decode=reader(*_TYPES),
    verified=True,
    differs=(
        "The maker's decoder gives the code of the occupancy; told as presence, codes 1 and 2 being both a person.",
    ),
)
