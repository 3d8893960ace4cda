"""Milesight VS351: people through a passage, counted either way by a thermopile array; mains or battery.

Source: the maker's payload table for VS351, with its examples.
FPort 85 unless configured otherwise. Channel, type, data:

    ff cc  power source    1 byte: 0 battery, 1 external
    01 75  battery         1 byte, %
    03 67  temperature     2 bytes signed, 0.1 °C
    04 cc  totals          in and out, 2 bytes each: they start again at 0 after 65535, or when the owner clears them
    05 cc  since last      in and out since the last report, 2 bytes each
    0a ef  time            4 bytes (s since 1970): when the device wrote the report; the uplink's own time is as good
    83 67  temperature alarm  the temperature and 1 byte: 0 released, 1 threshold, 3 too hot, 4 no longer too hot
    84 cc  total alarm        the totals and 1 byte: 0 released, 1 threshold
    85 cc  since last, alarm  the counts and 1 byte: 0 released, 1 threshold
    20 ce  history         4 bytes time, 1 byte kind, since last; of kind 1 also the totals

The temperature is that of the device, and its alarm is about the device. Channel of an alarm: 3 temperature, 4 totals,
5 counts since the last report.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.passage import COUNT_QUANTITIES, COUNTS, TEMPERATURE, WRAPS
from decoders.milesight.protocol import reads, replies, table, u8

_TABLE = table(
    replies(
        {0x05: 3, 0x41: 1, 0x75: 6, 0x8F: 2, 0x97: 1, 0xEC: 1},
        {0x10: 1, 0x85: 2, 0x86: 1, 0x87: 1, 0x8B: 1, 0x8C: 1, 0x8D: 4, 0xA2: 1, 0xA3: 1},
    ),
    COUNTS,
    TEMPERATURE,
    {0x0175: u8("battery"), 0xFFCC: u8("external_power")},
)


DECODER = Decoder(
    vendor="Milesight",
    model="VS351",
    ports=ANY_PORT,
    quantities=(*COUNT_QUANTITIES, "device_temperature", "alarm", "external_power", "battery"),
    decode=reads(_TABLE),
    wraps=WRAPS,
    verified=True,
)
