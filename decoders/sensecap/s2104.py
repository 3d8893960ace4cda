"""SenseCAP S2104: soil moisture and temperature.

Source: Seeed, SenseCAP S210x LoRaWAN sensor user guide, 9.3. Any FPort; the groups are described in `protocol`.

    1007  soil moisture       0.001 %
    1006  soil temperature    0.001 °C
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.sensecap.protocol import quantities, reader

_MEASUREMENTS = (
    0x1007,
    0x1006,
)

DECODER = Decoder(
    vendor="SenseCAP",
    model="S2104",
    ports=ANY_PORT,
    quantities=quantities(*_MEASUREMENTS),
    decode=reader(*_MEASUREMENTS),
    aliases=("wireless soil T/H",),
    verified=True,
)
