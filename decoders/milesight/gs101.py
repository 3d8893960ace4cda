"""Milesight GS101: gas leak in a kitchen or a plant room, with an outlet for a shut-off valve and a relay.

Source: the maker's payload table for GS101, which has no example.
FPort 85 unless configured otherwise. Channel, type, data:

    05 8e  gas      1 byte, 0 normal or 1 alarm
    06 01  valve    1 byte, outlet for the valve, 0 off or 1 on
    07 01  relay    1 byte, outlet of the relay, 0 off or 1 on
    08 90  life     4 bytes, s until the sensor is to be replaced
    ff 3f  message  1 byte: 0 power off, 1 power on, 2 sensor fault, 3 fault over, 4 soon at its end, 5 at its end

Whether "on" opens the valve or shuts it depends on the valve, so both are told as outputs: 1 the valve's, 2 the
relay's. A sensor at its end is a fault. The time left and the other messages are not told. Mains powered.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoder, OutOfRange
from decoders.milesight.protocol import Entry, Found, reads, replies, table, u8

_MESSAGES = 6
_FAULT = {2: 1.0, 3: 0.0, 5: 1.0}


def _message(payload: bytes, at: int, found: Found) -> None:
    code = payload[at]
    if code >= _MESSAGES:
        raise OutOfRange(f"message {code} at position {at}: there are 0 to 5")
    if code in _FAULT:
        found.add("sensor_fault", _FAULT[code])


_TABLE = table(
    replies({0x12: 2, 0x2F: 1, 0x61: 2}),
    {
        0x058E: u8("alarm"),
        0x0601: u8("output", channel=1),
        0x0701: u8("output", channel=2),
        0x0890: Entry(4),
        0xFF3F: Entry(1, _message),
    },
)

DECODER = Decoder(
    vendor="Milesight",
    model="GS101",
    ports=ANY_PORT,
    quantities=("alarm", "output", "sensor_fault"),
    decode=reads(_TABLE),
)
