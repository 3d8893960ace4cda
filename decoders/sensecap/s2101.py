"""SenseCAP S2101: air temperature and humidity.

Source: Seeed, SenseCAP S210x LoRaWAN sensor user guide, 9.3. Any FPort; the groups are described in `protocol`.

    1001  air temperature     0.001 °C
    1002  humidity            0.001 %

Sold before as the SenseCAP Wireless Air Temperature and Humidity Sensor, with the same payload.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.sensecap.protocol import quantities, reader

_MEASUREMENTS = (
    0x1001,
    0x1002,
)

DECODER = Decoder(
    vendor="SenseCAP",
    model="S2101",
    ports=ANY_PORT,
    quantities=quantities(*_MEASUREMENTS),
    decode=reader(*_MEASUREMENTS),
    aliases=("wireless air T/H",),
    verified=True,
)
