"""Milesight CT101, CT103 and CT105: the current in one cable, by a clamp around it.

Source: the maker's payload tables for CT101, CT103 and CT105, with their examples; its codec for firmware 2 (*).
FPort 85 unless configured otherwise. Channel, type, data:

    03 97  charge          4 bytes, 0.01 Ah, total
    04 98  current         2 bytes, 0.01 A; ff ff reading failed
    09 67  temperature     2 bytes signed, 0.1 °C, of the cable; ff ff reading failed, ff fd out of range
    10 63  energy *        4 bytes, 0.01 kWh, total, by the voltage and the power factor that the owner has set
    13 75  low voltage *   1 byte: 1 too little to feed the device
    84 98  current alarm   2 bytes most, 2 bytes least, 2 bytes current, 1 byte: bit 0 threshold, bit 1 released,
                           bit 2 out of range, bit 3 released
    89 67  temperature alarm  the temperature and 1 byte: 0 released, 1 threshold

Channel of an alarm: 4 current, 9 temperature, the maker's channels of them. The most and least current of an alarm are
not kept. An example of the maker's has four zero bytes after a current: channel 00 with type 00 is passed over.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.clamp import CABLE, CHARGE_WRAPS, ENERGY_WRAPS, clamp
from decoders.milesight.protocol import reads, table

_TABLE = table(clamp(1, 0x98, 100, 0), CABLE)


_CT101 = Decoder(
    vendor="Milesight",
    model="CT101",
    ports=ANY_PORT,
    quantities=("current", "charge", "energy", "object_temperature", "alarm", "battery_low"),
    decode=reads(_TABLE),
    wraps={"charge": CHARGE_WRAPS, "energy": ENERGY_WRAPS},
    verified=True,
)
DECODERS = (_CT101, replace(_CT101, model="CT103"), replace(_CT101, model="CT105"))
