"""Milesight UC501 and UC502: a logger with two contacts, counters or outputs, analogue inputs, Modbus and SDI-12.

Source: Milesight UC50x communication protocol V3.0; the maker's payload table for UC501 and for UC502, with their
examples; the maker's codec, for the history frames.
FPort 85 unless configured otherwise. Channel, type, data:

    01 75  battery         1 byte, %
    03 00  contact 1       1 byte: 0 low, 1 high (04 00: contact 2)
    03 01  output 1        1 byte: 0 low, 1 high (04 01: output 2)
    03 c8  pulses 1        4 bytes, total (04 c8: pulses 2)
    ff 14  analogue        1 byte: whether an input takes current or voltage
    05 02  analogue 1      hardware 1 and 2: now, least, most, mean, 2 bytes each (06 02: 2)
    05 e2  analogue 1      hardware 3: the same, half precision (06 e2: 2; 85 e2, 86 e2: and 1 byte alarm)
    08 db  SDI-12          1 byte number, 36 bytes text
    ff 0e  Modbus          1 byte number, 1 byte kind, 1, 2 or 4 bytes by the kind (80 0e: and 1 byte alarm)
    ff 15  Modbus          1 byte number of what could not be read
    20 dc  history         4 bytes time (s since 1970), twice 1 byte 0 contact, 1 output, 2 counter and 4 bytes, twice
                           4 bytes analogue
    20 dd  history         4 bytes time, 2 bytes a bit for each Modbus number, 1 byte kind and 4 bytes each
    20 e0  history         4 bytes time, 2 bytes a bit for each SDI-12 number, 36 bytes each

What an analogue input, a Modbus number or an SDI-12 text means, and its unit, only the owner knows: they are passed
over. The analogue inputs of hardware 1 are in hundredths and of hardware 2 in thousandths, which nothing tells apart.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.bits import u16_le, u32_le
from decoders.milesight.protocol import Entry, Found, reads, table, time_of, u8, u32

_PAIR = (1, 2)
_MODBUS_SIZES = (1, 1, 2, 2, 4, 4, 4, 4)
_KINDS = ("input", "output", "pulses")


def _modbus(payload: bytes, at: int) -> int:
    return 2 + _MODBUS_SIZES[payload[at + 1] & 0x07]


def _modbus_alarm(payload: bytes, at: int) -> int:
    return _modbus(payload, at) + 1


def _stored(payload: bytes, at: int, found: Found) -> None:
    when = time_of(payload, at)
    for channel in _PAIR:
        start = at + 5 * channel - 1
        kind = payload[start]
        if kind < len(_KINDS):
            found.add(_KINDS[kind], float(u32_le(payload, start + 1)), channel, when)


def _masked(each: int) -> Entry:
    def size(payload: bytes, at: int) -> int:
        return 6 + each * u16_le(payload, at + 4).bit_count()

    return Entry(6, None, size)


_TABLE = table(
    {(0x02 + number) << 8: u8("input", channel=number) for number in _PAIR},
    {(0x02 + number) << 8 | 0x01: u8("output", channel=number) for number in _PAIR},
    {(0x02 + number) << 8 | 0xC8: u32("pulses", number) for number in _PAIR},
    {channel << 8 | kind: Entry(8) for channel in (0x05, 0x06) for kind in (0x02, 0xE2)},
    {
        0x0175: u8("battery"),
        0x85E2: Entry(9),
        0x86E2: Entry(9),
        0x08DB: Entry(37),
        0xFF14: Entry(1),
        0xFF0E: Entry(2, None, _modbus),
        0x800E: Entry(2, None, _modbus_alarm),
        0xFF15: Entry(1),
        0x20DC: Entry(22, _stored),
        0x20DD: _masked(5),
        0x20E0: _masked(36),
    },
)


_UC501 = Decoder(
    vendor="Milesight",
    model="UC501",
    ports=ANY_PORT,
    quantities=("pulses", "input", "output", "battery"),
    decode=reads(_TABLE),
    wraps={"pulses": 2**32},
    verified=True,
)
DECODERS = (_UC501, replace(_UC501, model="UC502"))
