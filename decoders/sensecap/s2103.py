"""SenseCAP S2103: CO2, air temperature and humidity.

Source: Seeed, SenseCAP S210x LoRaWAN sensor user guide, 9.3. Any FPort; the groups are described in `protocol`.

    1004  CO2                 0.001 ppm
    1001  air temperature     0.001 °C
    1002  humidity            0.001 %
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.sensecap.protocol import quantities, reader

_MEASUREMENTS = (
    0x1004,
    0x1001,
    0x1002,
)

DECODER = Decoder(
    vendor="SenseCAP",
    model="S2103",
    ports=ANY_PORT,
    quantities=quantities(*_MEASUREMENTS),
    decode=reader(*_MEASUREMENTS),
    aliases=("wireless CO2",),
    verified=True,
)
