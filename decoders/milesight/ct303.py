"""Milesight CT303, CT305 and CT310: the currents in three cables, by clamps around them.

Source: the maker's payload tables for CT303, CT305 and CT310, with their examples; its codec for firmware 2 (*).
FPort 85 unless configured otherwise. Channel, type, data:

    03 97  charge 1        4 bytes, 0.01 Ah, total (05 97: cable 2, 07 97: cable 3)
    04 99  current 1       2 bytes, 0.1 A; ff ff reading failed (06 99: cable 2, 08 99: cable 3)
    09 67  temperature     2 bytes signed, 0.1 °C, of a cable; ff ff reading failed, ff fd out of range
    10 63  energy 1 *      4 bytes, 0.01 kWh, total, by the voltage and the power factor that the owner has set (11 63:
                           cable 2, 12 63: cable 3)
    13 75  low voltage *   1 byte: 1 too little to feed the device
    84 99  current alarm 1 2 bytes most, 2 bytes least, 2 bytes current, 1 byte: bit 0 threshold, bit 1 released, bit 2
                           out of range, bit 3 released (86 99: cable 2, 88 99: cable 3)
    89 67  temperature alarm  the temperature and 1 byte: 0 released, 1 threshold

Channel: the cable, 1 to 3; of an alarm 4, 6 or 8 for the currents and 9 for the temperature, the maker's channels of
them. The payload table numbers the states of a current alarm 0 to 3; its example, 05, has them as bits, as the tables
of CT101 to CT105 say. The most and least current of an alarm are not kept. An example of the maker's has four zero
bytes after a current: channel 00 with type 00 is passed over.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.clamp import CABLE, CHARGE_WRAPS, ENERGY_WRAPS, clamp
from decoders.milesight.protocol import reads, table

_TABLE = table(*(clamp(number, 0x99, 10, number) for number in (1, 2, 3)), CABLE)


_CT303 = Decoder(
    vendor="Milesight",
    model="CT303",
    ports=ANY_PORT,
    quantities=("current", "charge", "energy", "object_temperature", "alarm", "battery_low"),
    decode=reads(_TABLE),
    wraps={"charge": CHARGE_WRAPS, "energy": ENERGY_WRAPS},
    verified=True,
)
DECODERS = (_CT303, replace(_CT303, model="CT305"), replace(_CT303, model="CT310"))
