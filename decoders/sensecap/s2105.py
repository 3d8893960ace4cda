"""SenseCAP S2105: soil moisture, temperature and conductivity.

Source: Seeed, SenseCAP S210x LoRaWAN sensor user guide, 9.3. Any FPort; the groups are described in `protocol`.

    1007  soil moisture       0.001 %
    1006  soil temperature    0.001 °C
    100c  conductivity        0.001 dS/m, which is µS/cm

The guide's example holds a moisture of 41.8 %, which its explanation gives as 45.5 %, that of the S2104.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.sensecap.protocol import quantities, reader

_MEASUREMENTS = (
    0x1007,
    0x1006,
    0x100C,
)

DECODER = Decoder(
    vendor="SenseCAP",
    model="S2105",
    ports=ANY_PORT,
    quantities=quantities(*_MEASUREMENTS),
    decode=reader(*_MEASUREMENTS),
    verified=True,
    differs=("The moisture in the user guide's example is 41.8 % by its bytes; its explanation says 45.5 %.",),
)
