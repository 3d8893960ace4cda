"""Elsys ERS Desk: desk sensor for occupancy by heat, temperature, humidity, light and motion.

Source: Elsys sensor payload document; TheThingsNetwork/lorawan-devices, vendor/elsys/elsys.js, the maker's decoder.
Any FPort; the walk is in `protocol`. Types of this model:

    11  occupancy           1 byte
    01  air temperature     2 bytes, signed, 0.1 °C
    02  humidity            1 byte, %
    04  illuminance         2 bytes, lx
    05  motion              1 byte, events of the PIR since the last report
    07  battery             2 bytes, mV

Occupancy is 0 free, 2 occupied, and 1 while it is not decided, somebody entering or leaving, which is told as absent.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Absent, Decoder, Reason
from decoders.elsys.protocol import BATTERY, HUMIDITY, LIGHT, MOTION, TEMPERATURE, occupancy, quantities, reader

_OCCUPANCY = occupancy({0: 0.0, 1: Absent("presence", Reason.NOT_AVAILABLE), 2: 1.0})
_TYPES = (_OCCUPANCY, TEMPERATURE, HUMIDITY, LIGHT, MOTION, BATTERY)

DECODER = Decoder(
    vendor="Elsys",
    model="ERS Desk",
    ports=ANY_PORT,
    quantities=quantities(*_TYPES),
    decode=reader(*_TYPES),
    differs=("The maker's decoder gives the code of the occupancy; told as presence, and absent while undecided.",),
)
