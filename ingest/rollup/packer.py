"""From worked-out rows to records: every row of the city comes by here, so a row costs little more than its bytes."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from decoders.quantities import QUANTITIES
from ingest.decoding.point import SUSPECT
from ingest.derive.past import hash_of
from ingest.devices import UNASSIGNED
from ingest.rollup.bucket import FIELD, GONE, device_number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ingest.decoding.point import Point
    from ingest.rollup.bucket import Kept
    from ingest.rollup.spans import Calendar

DOMAINS = frozenset(quantity.domain for quantity in QUANTITIES.values())

_MOST = 255
_REMEMBERED = 20_000
"""Shapes of rows, and devices; a city has some hundreds of the former."""

_Bodies: TypeAlias = "dict[tuple[str, str, bytes], list[bytes]]"
"""Of an hour, by site, ward and head."""

_Key: TypeAlias = tuple[object, ...]


class Shape(NamedTuple):
    """How the rows of one time and device are packed that have these channels, fields, doubts and gone values.

    Attributes:
        pack: order, time, device and values.
        absent: how many values are no more.
        watched: whether it speaks of a quantity that is watched.
    """

    pack: Callable[..., bytes]
    head: bytes
    absent: int
    watched: bool


class Packer:
    """Makes records of rows.

    Args:
        calendar: whose hours.
        watched: quantities whose rows are to be `seen`.
    """

    def __init__(self, calendar: Calendar, watched: frozenset[str] = frozenset()) -> None:
        self._hour = calendar.hour
        self._watched = watched
        self._shapes: dict[_Key, Shape | None] = {}
        self._devices: dict[str, int] = {}

    def pack(self, points: Iterable[Point], order: int, seen: Callable[[Point], None] | None = None) -> list[Kept]:
        """Records of the rows of domains that are of a site, each of one hour; other rows are left out.

        Rows that follow each other and are of one time and device are packed together.

        Args:
            points: any.
            order: place in the order of arrival of the first of them.
            seen: called with each row that has any of the watched quantities.
        """
        hours: dict[int, _Bodies] = {}
        bodies: _Bodies = {}
        rows: list[Point] = []
        time, device, site, ward = 0, "", "", ""
        start = end = 0
        for point in points:
            if point.measurement not in DOMAINS:
                continue
            tags = point.tags
            if point.time == time and tags[0] == device and tags[1] == site and tags[2] == ward:
                rows.append(point)
                continue
            if rows:
                order = self._take(rows, bodies, order, seen)
            rows, time = [point], point.time
            device, site, ward = tags[:3]
            if not start <= time < end:
                start, end = self._hour(time)
                bodies = hours.setdefault(start, {})
        if rows:
            self._take(rows, bodies, order, seen)
        return [(*name, b"".join(own)) for bodies in hours.values() for name, own in bodies.items()]

    def _take(self, rows: Sequence[Point], bodies: _Bodies, order: int, seen: Callable[[Point], None] | None) -> int:
        """Make a record of rows of one time and device; returns the place of the next one."""
        tags = rows[0].tags
        if tags[1] == UNASSIGNED:
            return order
        fields: tuple[tuple[str, float | str], ...] = ()
        marks: _Key = ()  # the rows from the first on that is not as nearly all are
        for row in rows:
            if row.tags[-1] != "0" or marks or row.doubts or row.gone:
                marks += (len(fields), row.tags[-1], row.doubts, row.gone)
            fields += row.fields
        names, values = zip(*fields, strict=True) if fields else ((), ())
        key = (names, marks, len(rows) == 1)
        try:
            shape = self._shapes[key]
        except KeyError:
            shape = self._learn(key, rows)
        if shape is None:
            for row in rows:
                order = self._take((row,), bodies, order, seen)
            return order
        pack, head, absent, watched = shape
        if absent:
            values += (0.0,) * absent
        device = self._devices.get(tags[0]) or self._device(tags[0])
        bodies.setdefault((tags[1], tags[2], head), []).append(pack(order, rows[0].time, device, *values))
        if watched and seen is not None:
            for row in rows:
                seen(row)
        return order + 1

    def _learn(self, key: _Key, rows: Sequence[Point]) -> Shape | None:
        """How rows are packed; None: each by itself."""
        if len(self._shapes) >= _REMEMBERED:
            self._shapes.clear()
        shape = self._shapes[key] = _shape(rows, self._watched)
        return shape

    def _device(self, dev_eui: str) -> int:
        if len(self._devices) >= _REMEMBERED:
            self._devices.clear()
        number = self._devices[dev_eui] = device_number(dev_eui)
        return number


def _shape(rows: Sequence[Point], watched: frozenset[str]) -> Shape | None:
    found, lost = [], []
    for row in rows:
        causes, channel = dict(row.doubts), int(row.tags[-1])
        own = set()
        for name, _value in row.fields:
            quantity = name.removesuffix(SUSPECT)
            own.add(quantity)
            found.append((channel, quantity, (causes.get(quantity, 0) or 1) if quantity != name else 0))
        absent = {name.removesuffix(SUSPECT) for name in row.gone} - own
        lost += [(channel, quantity, GONE) for quantity in sorted(absent)]
    fields = found + lost
    # A row that comes twice, one after the other: which of the two counts is a matter of order.
    twice = len({field[:2] for field in fields}) < len(fields)
    if len(rows) > 1 and (twice or len(fields) > _MOST):
        return None
    packed = [FIELD.pack(channel, hash_of(quantity), cause) for channel, quantity, cause in fields]
    head = bytes((len(fields),)) + b"".join(packed)
    pack = struct.Struct(f"<qqQ{len(fields)}d").pack
    return Shape(pack, head, len(lost), any(quantity in watched for _channel, quantity, _cause in fields))
