"""Elsys EMS Desk: desk sensor for occupancy, temperature, humidity and acceleration.

Source: Elsys sensor payload document; TheThingsNetwork/lorawan-devices, vendor/elsys/elsys.js, the maker's decoder.
Any FPort; the walk is in `protocol`. Types of this model:

    11  occupancy           1 byte
    01  air temperature     2 bytes, signed, 0.1 °C
    02  humidity            1 byte, %
    03  acceleration        3 bytes, x y z, signed, 63 is 1 g
    0f  movements           1 byte, events of the accelerometer since the last report
    07  battery             2 bytes, mV

Occupancy is 0 free, 2 occupied, and 1 while it is not decided, somebody entering or leaving, which is told as absent.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Absent, Decoder, Reason
from decoders.elsys.protocol import (
    ACCELERATION,
    BATTERY,
    HUMIDITY,
    MOVEMENTS,
    TEMPERATURE,
    occupancy,
    quantities,
    reader,
)

_OCCUPANCY = occupancy({0: 0.0, 1: Absent("presence", Reason.NOT_AVAILABLE), 2: 1.0})
_TYPES = (_OCCUPANCY, TEMPERATURE, HUMIDITY, ACCELERATION, MOVEMENTS, BATTERY)

DECODER = Decoder(
    vendor="Elsys",
    model="EMS Desk",
    ports=ANY_PORT,
    quantities=quantities(*_TYPES),
    decode=reader(*_TYPES),
    verified=True,
    differs=(
        "The maker's decoder gives acceleration in steps of 1/63 g; here it is in m/s².",
        "The maker's decoder gives the code of the occupancy; told as presence, and absent while undecided.",
    ),
)
