"""Milesight UC300: a controller with four contacts or counters, two relays, two PT100, analogue inputs and Modbus.

Source: the maker's payload table for UC300, with its examples; the maker's codec, for the history frames.
FPort 85 unless configured otherwise. Channel, type, data:

    03 00  contact 1       1 byte: 0 off, 1 on (04, 05, 06 00: contacts 2 to 4)
    03 c8  pulses 1        4 bytes, total, of a contact set to count (04, 05, 06 c8: 2 to 4)
    07 01  relay 1         1 byte: 0 off, 1 on (08 01: relay 2)
    09 67  PT100 1         2 bytes signed, 0.1 °C (0a 67: PT100 2)
    09 e2  PT100 1         now and its extremes and mean, half precision, 2 bytes each (0a e2: PT100 2)
    0b 02  analogue        4 bytes (0b, 0c: current inputs, 0d, 0e: voltage inputs; type e2: as of PT100)
    ff 19  Modbus          1 byte number, 1 byte size, 1 byte kind, 1, 2 or 4 bytes by the kind
    ff 15  Modbus          1 byte number of what could not be read
    20 dc  history         4 bytes time (s since 1970), 2 bytes a bit for each of: contacts 1 to 4 (1 byte 0 contact or
                           1 counter, 4 bytes), relays (1 byte), PT100 (2 bytes, half precision), current and voltage
                           inputs (8 bytes each), a message (48 bytes)
    20 dd  history         4 bytes time, 4 bytes a bit for each Modbus number, 1 byte kind and 4 bytes each

What an analogue input or a Modbus number means, and its scale and unit, only the owner knows: they are passed over, as
are the extremes, which table and example name in different orders. Messages of the owner's have no channel of their own
and are refused.
"""

from __future__ import annotations

from struct import Struct

from decoders.base import ANY_PORT, Decoder, UnknownMessage
from decoders.bits import u16_le, u32_le
from decoders.milesight.protocol import Entry, Found, Read, i16, reads, replies, table, time_of, u8, u32

_HALF = Struct("<e")
_CONTACTS, _PAIR = (1, 2, 3, 4), (1, 2)
_SIZES = (*[5] * 4, 1, 1, 2, 2, *[8] * 4, 48)
"""Of the parts of a history frame, by bit."""
_MODBUS_SIZES = (1, 1, 2, 2, *[4] * 8)
"""By kind, without the bit for signed numbers."""


def _modbus(payload: bytes, at: int) -> int:
    kind = payload[at + 2] & 0x7F
    if kind >= len(_MODBUS_SIZES):
        raise UnknownMessage(f"unknown Modbus kind {kind} at position {at + 2}")
    return 3 + _MODBUS_SIZES[kind]


def _half(channel: int) -> Read:
    def read(payload: bytes, at: int, found: Found) -> None:
        found.add("object_temperature", float(_HALF.unpack_from(payload, at)[0]), channel)

    return read


def _stored_size(payload: bytes, at: int) -> int:
    mask = u16_le(payload, at + 4)
    if mask >> len(_SIZES):
        raise UnknownMessage(f"unknown parts {mask:04x} in a history frame at position {at + 4}")
    return 6 + sum(size for bit, size in enumerate(_SIZES) if mask >> bit & 1)


def _stored(payload: bytes, at: int, found: Found) -> None:
    when, mask = time_of(payload, at), u16_le(payload, at + 4)
    start = at + 6
    for bit, size in enumerate(_SIZES):
        if not mask >> bit & 1:
            continue
        if bit < 4:  # noqa: PLR2004
            quantity = "pulses" if payload[start] else "input"
            found.add(quantity, float(u32_le(payload, start + 1)), bit + 1, when)
        elif bit < 6:  # noqa: PLR2004
            found.add("output", float(payload[start]), bit - 3, when)
        elif bit < 8:  # noqa: PLR2004
            found.add("object_temperature", float(_HALF.unpack_from(payload, start)[0]), bit - 5, when)
        start += size


def _stored_modbus(payload: bytes, at: int) -> int:
    return 8 + 5 * u32_le(payload, at + 4).bit_count()


_TABLE = table(
    replies({0x93: 6}),
    {(0x02 + number) << 8: u8("input", channel=number) for number in _CONTACTS},
    {(0x02 + number) << 8 | 0xC8: u32("pulses", number) for number in _CONTACTS},
    {(0x06 + number) << 8 | 0x01: u8("output", channel=number) for number in _PAIR},
    {(0x08 + number) << 8 | 0x67: i16("object_temperature", 10, number) for number in _PAIR},
    {(0x08 + number) << 8 | 0xE2: Entry(8, _half(number)) for number in _PAIR},
    {channel << 8 | 0x02: Entry(4) for channel in range(0x0B, 0x0F)},
    {channel << 8 | 0xE2: Entry(8) for channel in range(0x0B, 0x0F)},
    {
        0xFF19: Entry(3, None, _modbus),
        0xFF15: Entry(1),
        0x20DC: Entry(6, _stored, _stored_size),
        0x20DD: Entry(8, None, _stored_modbus),
    },
)


DECODER = Decoder(
    vendor="Milesight",
    model="UC300",
    ports=ANY_PORT,
    quantities=("input", "pulses", "output", "object_temperature"),
    decode=reads(_TABLE),
    wraps={"pulses": 2**32},
    verified=True,
)
