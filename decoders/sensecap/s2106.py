"""SenseCAP S2106: pH of water or soil.

Source: Seeed, SenseCAP S210x LoRaWAN sensor user guide, 9.3. Any FPort; the groups are described in `protocol`.

    100a  pH                  0.001
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.sensecap.protocol import quantities, reader

_MEASUREMENTS = (0x100A,)

DECODER = Decoder(
    vendor="SenseCAP",
    model="S2106",
    ports=ANY_PORT,
    quantities=quantities(*_MEASUREMENTS),
    decode=reader(*_MEASUREMENTS),
    verified=False,
)
