"""Milesight TS101: temperature inside what its probe is pushed into: compost, grain, soil.

Source: TS101 user guide, chapter "Device Payload"; the maker's payload table for TS101, and its codec for what the
table leaves out. FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery      1 byte, %
    03 67  temperature  2 bytes signed, 0.1 °C
    83 67  alarm        temperature, 1 byte 0 released or 1 beyond a threshold
    93 d7  alarm        temperature, 2 bytes its change, 1 byte 2: it changed too fast
    20 ce  history      4 bytes time (s since 1970), temperature

No sentinel is named. The channel of an alarm is 3, the maker's of the temperature.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder
from decoders.bits import i16_le
from decoders.milesight.protocol import ALARM, Field, history, i16, reads, record, table, u8

_TEMPERATURE = Field(0, i16_le, "probe_temperature", 10)

_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0367: i16("probe_temperature", 10),
        0x8367: record(3, _TEMPERATURE, Field(2, ALARM, "alarm", 1, 3)),
        0x93D7: record(5, _TEMPERATURE, Field(4, ALARM, "alarm", 1, 3)),
        0x20CE: history(6, _TEMPERATURE._replace(at=4)),
    }
)

DECODER = Decoder(
    vendor="Milesight",
    model="TS101",
    ports=ANY_PORT,
    quantities=("probe_temperature", "alarm", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
