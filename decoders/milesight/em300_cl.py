"""Milesight EM300-CL: whether a pipe or a tank is full, by a capacitive sensor stuck on its outside.

Source: EM300 series user guide, chapter 5 "Device Payload"; the maker's payload table for EM300-CL.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery      1 byte, %
    03 ed  liquid       1 byte, 0 not calibrated, 1 full, 2 below the critical level, ff error
    04 ee  calibration  1 byte, 0 failed or 1 done
    83 ed  alarm        1 byte liquid, 1 byte 0 released or 1 alarm

`full` is 1 for full and 0 for below the critical level; not calibrated and error are absent. The result of a
calibration is no measurement and is passed over.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Absent, Decoder, OutOfRange, Reason
from decoders.milesight.protocol import Entry, Found, reads, replies, table, u8

_FULL = {1: 1.0, 2: 0.0}
_NONE = {0: Reason.NOT_AVAILABLE, 0xFF: Reason.DEVICE_ERROR}


def _liquid(payload: bytes, at: int, found: Found) -> None:
    code = payload[at]
    if code in _FULL:
        found.add("full", _FULL[code])
    elif code in _NONE:
        found.absent.append(Absent("full", _NONE[code]))
    else:
        raise OutOfRange(f"liquid status {code} at position {at}: there are 0, 1, 2 and 255")


def _alarm(payload: bytes, at: int, found: Found) -> None:
    _liquid(payload, at, found)
    found.add("alarm", float(payload[at + 1]))


_TABLE = table(
    {0x0175: u8("battery"), 0x03ED: Entry(1, _liquid), 0x04EE: Entry(1), 0x83ED: Entry(2, _alarm)},
    replies({0x7E: 5, 0xBB: 3, 0xBE: 1, 0xBF: 9, 0xC0: 2}),
)

DECODER = Decoder(
    vendor="Milesight",
    model="EM300-CL",
    ports=ANY_PORT,
    quantities=("full", "alarm", "battery"),
    decode=reads(_TABLE),
    verified=True,
)
