"""Milesight EM500-UDL (formerly Ursalink): ultrasonic distance, for levels in drains, tanks and rivers.

Source: EM500-UDL Payload Structure V1.0; the maker's payload table for this model.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    03 82  distance        2 bytes, mm
    83 e9  distance alarm  2 bytes distance, 2 bytes change, 1 byte cause
    20 ce  history         4 bytes time (s since 1970), 2 bytes distance, mm

The maker contradicts itself on the unit of the alarm's distance (mm, or a tenth of it), so nothing is read from it;
the regular report follows. The table names no sentinel; all bits set, 65.535 m, is far beyond the longest model's 10 m
and is taken for a failed measurement.
"""

from __future__ import annotations

from decoders.base import Absent, Decoded, Decoder, Reason
from decoders.bits import u16_le
from decoders.tlv import Entry, Found, table, time_of, u8, u16, walk

_FAILED = 0xFFFF


def _history(payload: bytes, at: int, found: Found) -> None:
    raw = u16_le(payload, at + 4)
    if raw == _FAILED:
        found.absent.append(Absent("distance", Reason.DEVICE_ERROR))
    else:
        found.add("distance", float(raw), at=time_of(payload, at))


_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0382: u16("distance", failed=_FAILED),
        0x83E9: Entry(5),
        0x20CE: Entry(6, _history),
    }
)


def _decode(payload: bytes, _f_port: int) -> Decoded:
    return walk(payload, _TABLE)


DECODER = Decoder(
    vendor="Milesight",
    model="EM500-UDL",
    ports=(85,),
    quantities=("distance", "battery"),
    decode=_decode,
    verified=True,
)
