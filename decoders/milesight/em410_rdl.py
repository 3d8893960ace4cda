"""Milesight EM410-RDL and EM411-RDL: radar distance, for levels in rivers, drains and tanks.

Source: the maker's payload table for EM410-RDL; for EM411-RDL the maker's codec, which is the same.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery             1 byte, %
    03 67  temperature         2 bytes signed, 0.1 °C, in the box
    04 82  distance            2 bytes signed, mm
    05 00  position            1 byte, 0 normal or 1 tilted
    06 c7  echo                2 bytes signed, 0.01 dBm
    84 82  distance alarm      distance, 1 byte 0 released, 1 beyond a threshold
    94 82  change alarm        distance, 2 bytes its change, 1 byte 2
    b4 82  exception           distance, 1 byte 0 left the blind zone, 1 in the blind zone, 2 no target, 3 sensor failed
    20 ce  history             4 bytes time (s since 1970), distance, temperature, 2 bytes change, 1 byte of bits: 0
                               threshold, 1 released, 2 blind zone, 3 left it, 4 change, 5 tilted

Distance fffd is no target, ffff a failed sensor; both and fffe, switched off, may stand in a history. The temperature
of a history has fffe and ffff of the same meaning. -0.1 °C and ffff have the same bits: in a history it is absent, in
a report it stands, as in the maker's codec. In the blind zone the distance is not to be trusted: it is absent. The
channel of an alarm is 4, the maker's of the distance. The unit of the echo is what the maker's word for it
(RSSI) says; its table gives none.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Absent, Decoder, OutOfRange, Reason
from decoders.bits import i16_le
from decoders.milesight.protocol import ALARM, Entry, Field, Found, history, i16, reads, record, replies, table, u8

_STATES = {0xFFFF: Reason.DEVICE_ERROR, 0xFFFE: Reason.NOT_AVAILABLE, 0xFFFD: Reason.NOT_AVAILABLE}
_OFF = {0xFFFF: Reason.DEVICE_ERROR, 0xFFFE: Reason.NOT_AVAILABLE}

_DISTANCE = Field(0, i16_le, "distance", 1, 0, _STATES)
_ALARM_CHANNEL = 4
_RELEASED, _BLIND, _NO_TARGET, _FAILED = range(4)
_WHY = {_BLIND: Reason.SATURATED, _NO_TARGET: Reason.NOT_AVAILABLE, _FAILED: Reason.DEVICE_ERROR}
_PLAIN = record(2, _DISTANCE)


def _exception(payload: bytes, at: int, found: Found) -> None:
    code = payload[at + 2]
    if code in _WHY:
        found.absent.append(Absent("distance", _WHY[code]))
    elif code != _RELEASED:
        raise OutOfRange(f"distance exception {code} at position {at + 2}: there are 0 to 3")
    elif _PLAIN.read is not None:
        _PLAIN.read(payload, at, found)
    if code in {_RELEASED, _BLIND}:
        found.add("alarm", float(code), _ALARM_CHANNEL)


_TABLE = table(
    {
        0x0175: u8("battery"),
        0x0367: i16("device_temperature", 10),
        0x0482: _PLAIN,
        0x0500: u8("tilt"),
        0x06C7: i16("echo_strength", 100),
        0x8482: record(3, _DISTANCE, Field(2, ALARM, "alarm", 1, _ALARM_CHANNEL)),
        0x9482: record(5, _DISTANCE, Field(4, ALARM, "alarm", 1, _ALARM_CHANNEL)),
        0xB482: Entry(3, _exception),
        0x20CE: history(11, _DISTANCE._replace(at=4), Field(6, i16_le, "device_temperature", 10, 0, _OFF)),
    },
    replies({}, {0x0D: 3, 0x12: 1, 0x13: 1, 0x14: 2, 0x15: 2, 0x16: 1, 0x39: 2}),
)

_RADAR = Decoder(
    vendor="Milesight",
    model="EM410-RDL",
    ports=ANY_PORT,
    quantities=("distance", "tilt", "device_temperature", "echo_strength", "alarm", "battery"),
    decode=reads(_TABLE),
    verified=True,
    differs=("In the blind zone the maker's codec repeats the distance; it is absent here, for it is not measured.",),
)

DECODERS = (_RADAR, replace(_RADAR, model="EM411-RDL", verified=False))
