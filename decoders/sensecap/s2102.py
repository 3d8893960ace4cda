"""SenseCAP S2102: illuminance.

Source: Seeed, SenseCAP S210x LoRaWAN sensor user guide, 9.3. Any FPort; the groups are described in `protocol`.

    1003  illuminance         0.001 lx
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.sensecap.protocol import quantities, reader

_MEASUREMENTS = (0x1003,)

DECODER = Decoder(
    vendor="SenseCAP",
    model="S2102",
    ports=ANY_PORT,
    quantities=quantities(*_MEASUREMENTS),
    decode=reader(*_MEASUREMENTS),
    aliases=("wireless light",),
    verified=True,
)
