"""Milesight AT101: where a thing is, with its tilt and temperature; for containers, trailers, boats.

Source: AT101 user guide, chapter "Device Payload"; the maker's payload table for AT101.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery      1 byte, %
    03 67  temperature  2 bytes signed, 0.1 °C, in the box
    04 88  place        4 bytes latitude, 4 bytes longitude, signed, 0.000001 °; 1 byte motion and geofence
    84 88  place        the same, on leaving or entering the geofence
    05 00  position     1 byte, 0 normal or 1 tilted
    06 d9  Wi-Fi        1 byte group, 6 bytes address, 1 byte strength, 1 byte motion
    07 00  tamper       1 byte, 0 installed or 1 taken off
    83 67  temperature  temperature, 1 byte 0 normal or 1 abnormal
    20 ce  history      4 bytes time (s since 1970), 4 bytes longitude, 4 bytes latitude

In a history longitude comes first, in the maker's table as in its codec. A place of ffffffff each is none: the device
had no fix. Addresses of access points, motion and geofence are not told. The channel of the temperature's alarm is 3.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Absent, Decoder, Reason
from decoders.bits import i16_le, i32_le
from decoders.milesight.protocol import ALARM, Entry, Field, Found, i16, reads, record, replies, table, time_of, u8

_DEGREE = 1_000_000
_NO_FIX = -1


def _place(payload: bytes, latitude: int, longitude: int, found: Found, when: int | None) -> None:
    for quantity, at in (("latitude", latitude), ("longitude", longitude)):
        raw = i32_le(payload, at)
        if raw == _NO_FIX:
            found.absent.append(Absent(quantity, Reason.NOT_AVAILABLE))
        else:
            found.add(quantity, raw / _DEGREE, at=when)


def _here(payload: bytes, at: int, found: Found) -> None:
    _place(payload, at, at + 4, found, None)


def _then(payload: bytes, at: int, found: Found) -> None:
    _place(payload, at + 8, at + 4, found, time_of(payload, at))


_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0367: i16("device_temperature", 10),
        0x0488: Entry(9, _here),
        0x8488: Entry(9, _here),
        0x0500: u8("tilt"),
        0x06D9: Entry(9),
        0x0700: u8("tamper"),
        0x8367: record(3, Field(0, i16_le, "device_temperature", 10), Field(2, ALARM, "alarm", 1, 3)),
        0x20CE: Entry(12, _then),
    },
    replies(
        {0x13: 3, 0x2D: 3, 0x58: 4, 0x66: 1, 0x7E: 4, 0x87: 1, 0x88: 8, 0x89: 4, 0x8A: 3, 0x8F: 1},
    ),
)

DECODER = Decoder(
    vendor="Milesight",
    model="AT101",
    ports=ANY_PORT,
    quantities=("latitude", "longitude", "tilt", "tamper", "device_temperature", "alarm", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
