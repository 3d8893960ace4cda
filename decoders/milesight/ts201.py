"""Milesight TS201: temperature of a probe on a cable (DS18B20), for refrigerators and pipes.

Source: TS201 user guide, chapter "Device Payload"; the maker's payload table for TS201.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery      1 byte, %
    03 67  temperature  2 bytes signed, 0.1 °C
    83 67  alarm        temperature, 1 byte 0 released or 1 beyond a threshold
    93 67  alarm        temperature, 2 bytes its change, 1 byte 2: it changed too fast
    b3 67  exception    1 byte, 0 the probe cannot be read, 1 beyond its range
    20 ce  history      4 bytes time (s since 1970), 1 byte: bits 7 to 4 how it was read (0 well, 1 not, 2 beyond the
                        range), bits 3 to 0 why it was stored; temperature
    ff a0  probe        1 byte number and kind, 8 bytes its serial number

The channel of an alarm is 3, the maker's of the temperature.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Absent, Decoder, Reason
from decoders.bits import i16_le
from decoders.milesight.protocol import ALARM, Entry, Field, Found, i16, reads, record, replies, table, time_of, u8

_QUANTITY = "probe_temperature"
_EXCEPTIONS = {0: Reason.DEVICE_ERROR, 1: Reason.SATURATED}
_STATUS = {1: Reason.DEVICE_ERROR, 2: Reason.SATURATED}
_TEMPERATURE = Field(0, i16_le, _QUANTITY, 10)


def _exception(payload: bytes, at: int, found: Found) -> None:
    found.absent.append(Absent(_QUANTITY, _EXCEPTIONS.get(payload[at], Reason.NOT_AVAILABLE)))


def _history(payload: bytes, at: int, found: Found) -> None:
    status = payload[at + 4] >> 4
    if status:
        found.absent.append(Absent(_QUANTITY, _STATUS.get(status, Reason.NOT_AVAILABLE)))
    else:
        found.add(_QUANTITY, i16_le(payload, at + 5) / 10, at=time_of(payload, at))


_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0367: i16(_QUANTITY, 10),
        0x8367: record(3, _TEMPERATURE, Field(2, ALARM, "alarm", 1, 3)),
        0x9367: record(5, _TEMPERATURE, Field(4, ALARM, "alarm", 1, 3)),
        0xB367: Entry(1, _exception),
        0x20CE: Entry(7, _history),
        0xFFA0: Entry(9),
    },
    replies({}, {0x0B: 7, 0x0C: 4, 0x0D: 3, 0x0E: 2, 0x31: 1, 0x32: 3}),
)

DECODER = Decoder(
    vendor="Milesight",
    model="TS201",
    ports=ANY_PORT,
    quantities=(_QUANTITY, "alarm", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
