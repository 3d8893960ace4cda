"""Records of the M-Bus (EN 13757-3), as meters of several makers send them over LoRaWAN: one walk, one table a model.

    CI [header]  DIF [DIFE..] VIF [VIFE..] data  DIF ...
    - CI 78 has no header; 7a has 4 bytes (access number, status, configuration 2); 72 has the meter's address before
    - DIF: bits 0..3 which data, bits 4..5 function (0 now, 1 maximum, 2 minimum), bit 6 and DIFE storage number
    - VIF, VIFE: what is measured and its power of ten

Least significant byte first. A value belongs to the time that is stored under its storage number. An inverse compact
profile (VIFE 13) counts back from the stored value: how many bytes, the distance in time, and the differences. The
meter's clock is taken for UTC. All bits but the sign clear is no value.
"""

from __future__ import annotations

from datetime import date
from struct import unpack_from
from typing import TYPE_CHECKING, NamedTuple

from decoders.base import Absent, Reading, Reason, UnknownMessage, UnsupportedMessage, WrongLength
from decoders.bits import u16_le, u32_le

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_HEADERS = {0x78: 1, 0x7A: 5, 0x72: 13}
_ENCRYPTION = 0x1F00
_FILL, _SPECIAL = 0x2F, 0x0F
_SIZES = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 6: 6, 7: 8, 8: 0, 9: 1, 10: 2, 11: 3, 12: 4, 14: 6}
_VARIABLE, _DECIMAL = 13, 8
_NO_VALUE = {0: 0, **{size: -(1 << 8 * size - 1) for size in range(1, 9)}}
"""By size: the number that stands for none; no data at all are none too."""
_TEXT = 0x7C
_TIME, _PROFILE = 0x6D, 0x13
_UNITS = (1, 60, 3600, 86400)
"""Seconds, minutes, hours, days: the distance of a profile's values."""
_LONGEST = 250
_FALLEN, _DIFFERENCES = 2, 3
"""Modes of a profile: the values fell, the steps have a sign; in the third, they rose."""
_SECOND = 10**9
_MINUTE = 60 * _SECOND
_EPOCH = date(1970, 1, 1).toordinal()
_FORMATS = {(1, False): "B", (1, True): "b", (2, False): "H", (2, True): "h", (4, False): "I", (4, True): "i"}


class Record(NamedTuple):
    """One record; `code` is VIF and VIFEs as one number, `kind` which data, as the DIF has them."""

    function: int
    storage: int
    code: int
    kind: int
    data: bytes


class Scale(NamedTuple):
    """What a code means: the quantity, and its value as raw * multiplier / divisor."""

    quantity: str
    multiplier: int
    divisor: int


def powers(quantity: str, first: int, unit: int, multiplier: int = 1, divisor: int = 1) -> dict[int, Scale]:
    """Codes from `first` up to its unit at `first` + `unit`, one power of ten each, such as volume from 10 to 16."""
    return {first + step: Scale(quantity, multiplier, divisor * 10 ** (unit - step)) for step in range(unit + 1)}


VOLUME = powers("water_volume", 0x10, 6)
FLOW = (0x38, 6, 1000, 60)
"""For `powers`: m³/h to L/min."""


def parse(payload: bytes) -> tuple[int, list[Record]]:
    """The header's status (0 without one), and the records.

    Raises:
        WrongLength: cut inside a header or a record.
        UnknownMessage: a CI, DIF or VIF that is not expected.
        UnsupportedMessage: encrypted by the meter itself.
    """
    start = _HEADERS.get(payload[0]) if payload else 0
    if start is None:
        raise UnknownMessage(f"CI {payload[0]:02x}")
    if not start or len(payload) < start:
        raise WrongLength(f"{len(payload)} bytes; too short for a header")
    if start > 1 and u16_le(payload, start - 2) & _ENCRYPTION:
        raise UnsupportedMessage("the records are encrypted by the meter")
    return payload[start - 3] if start > 1 else 0, _records(payload, start)


def _records(payload: bytes, at: int) -> list[Record]:
    records, end = [], len(payload)
    while at < end:
        dif = payload[at]
        if dif == _FILL:
            at += 1
            continue
        kind, storage, at = dif & 0x0F, dif >> 6 & 1, at + 1
        if dif & 0x80:
            storage, at = _storage(payload, at, storage)
        if at >= end:
            raise WrongLength("cut before a VIF")
        code, at = payload[at], at + 1
        if code & 0x80 or code == _TEXT:
            code, at = _code(payload, at, code)
        size = _SIZES.get(kind)
        if size is None:
            size, at = _size(payload, at, kind)
        if at + size > end:
            raise WrongLength(f"a record needs {at + size - end} more bytes")
        records.append(Record(dif >> 4 & 3, storage, code, kind, payload[at : at + size]))
        at += size
    return records


def _storage(payload: bytes, at: int, storage: int) -> tuple[int, int]:
    shift = 1
    while at < len(payload):
        storage |= (payload[at] & 0x0F) << shift
        shift, at = shift + 4, at + 1
        if not payload[at - 1] & 0x80:
            return storage, at
    raise WrongLength("cut inside a DIF")


def _code(payload: bytes, at: int, code: int) -> tuple[int, int]:
    while code & 0x80 and at < len(payload):
        code, at = code << 8 | payload[at], at + 1
    if code & 0x80:
        raise WrongLength("cut inside a VIF")
    if code >> 8 & 0x7F == _TEXT or code == _TEXT:
        raise UnknownMessage("a VIF in words")
    return code, at


def _size(payload: bytes, at: int, kind: int) -> tuple[int, int]:
    if kind != _VARIABLE:
        raise UnknownMessage(f"data of kind {kind}")
    if at >= len(payload):
        raise WrongLength("cut before the length of variable data")
    if payload[at] > _LONGEST:
        raise UnknownMessage(f"variable data {payload[at]:02x}")
    return payload[at], at + 1


def number(record: Record) -> int | None:
    """A whole number, signed or decimal; None where the meter has none."""
    data = record[4]
    if record[3] > _DECIMAL:
        text = data[::-1].hex()
        return int(text) if text.isdecimal() else None
    value = int.from_bytes(data, "little", signed=True)
    return None if value == _NO_VALUE.get(len(data)) else value


def times(records: Sequence[Record]) -> dict[int, int]:
    """By storage number: its time, nanoseconds since 1970."""
    found = {}
    for record in records:
        if record.code == _TIME and record.kind == 4 and not record.data[0] & 0x80:  # noqa: PLR2004  (four bytes)
            moment = _moment(u32_le(record.data, 0))
            if moment is not None:
                found[record.storage] = moment
    return found


def _moment(raw: int) -> int | None:
    """Type F: minute, hour, day, month, year and century in four bytes."""
    year, century = raw >> 21 & 7 | raw >> 28 << 3, raw >> 13 & 3
    year += 1900 + 100 * (century or (year <= 80))  # noqa: PLR2004  (without a century, 0 to 80 are from 2000 on)
    hour, minute = raw >> 8 & 31, raw & 63
    try:
        days = date(year, raw >> 24 & 15, raw >> 16 & 31).toordinal() - _EPOCH
    except ValueError:
        return None
    return (days * 1440 + hour * 60 + minute) * _MINUTE if hour < 24 and minute < 60 else None  # noqa: PLR2004


def read(
    records: Sequence[Record], table: Mapping[tuple[int, int], Scale], stored: Mapping[int, int]
) -> Iterator[Reading | Absent]:
    """The records that the table has, by function and code, with the times of `times`; profiles too."""
    for record in records:
        function, storage, code, kind, _ = record
        if kind == _VARIABLE:
            scale = table.get((function, code >> 8 & 0x7F))
            if scale is not None:
                yield from _profile(record, _base(records, storage, code >> 8 & 0x7F), stored.get(storage), scale)
            continue
        scale = table.get((function, code))
        if scale is not None:
            yield _value(number(record), scale, stored.get(storage))


def _base(records: Sequence[Record], storage: int, code: int) -> Record | None:
    return next((record for record in records if record[:3] == (0, storage, code)), None)


def _value(raw: int | None, scale: Scale, at: int | None) -> Reading | Absent:
    if raw is None:
        return Absent(scale.quantity, Reason.NOT_AVAILABLE)
    return Reading(scale.quantity, raw * scale.multiplier / scale.divisor, 0, at)


def _profile(record: Record, base: Record | None, at: int | None, scale: Scale) -> Iterator[Reading | Absent]:
    data, value = record.data, number(base) if base else None
    if record.code & 0xFF != _PROFILE or record.code > 0xFFFF or len(data) < 3:  # noqa: PLR2004  (control, distance)
        raise UnknownMessage(f"variable data of code {record.code:x}")
    size, mode, unit = data[0] & 0x0F, data[0] >> 6, _UNITS[data[0] >> 4 & 3]
    if value is None or at is None or not mode or not 1 <= size <= 4 or not 1 <= data[1] <= _LONGEST:  # noqa: PLR2004
        raise UnknownMessage("a profile without base value, base time, increments or distance")
    if (len(data) - 2) % size:
        raise WrongLength(f"a profile of {len(data) - 2} bytes, in values of {size}")
    signed, distance = mode == _DIFFERENCES, data[1] * unit * _SECOND
    none = -(1 << 8 * size - 1) if signed else (1 << 8 * size) - 1
    quantity, multiplier, divisor = scale
    for step in _steps(data, size, signed=signed):
        if step == none:
            yield Absent(quantity, Reason.NOT_AVAILABLE)
            return
        at -= distance
        value += step if mode == _FALLEN else -step
        yield Reading(quantity, value * multiplier / divisor, 0, at)


def _steps(data: bytes, size: int, *, signed: bool) -> Iterable[int]:
    form = _FORMATS.get((size, signed))
    if form is None:
        return [int.from_bytes(data[at : at + size], "little", signed=signed) for at in range(2, len(data), size)]
    return unpack_from(f"<{(len(data) - 2) // size}{form}", data, 2)
