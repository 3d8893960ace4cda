"""Rows that change after they were written, for a database that cannot take a field out of a row.

A late uplink can change what a later row's field is called (`x_suspect` is `x` now). The row is read back, deleted, and
written whole; until that is done it is held here, and by the consumer on disk (`consumer.holding`), so that a write
that fails, or a crash, loses none of it. Where the database cannot be read or cannot delete, what is new is written
over the row, and what is no more stays in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import msgspec

from ingest.decoding.point import unless_known
from ingest.errors import SinkUnavailable
from ingest.faults import reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ingest.decoding.point import Point

Identity: TypeAlias = "tuple[str, tuple[str, ...], int]"


class Rows(Protocol):
    """Where rows can be read back and deleted: `InfluxQL`."""

    def rows(self, since: int, until: int, device: str) -> Iterable[Point]:
        """Those of a device in a range."""
        ...

    def remove_rows(self, rows: Sequence[Point]) -> bool:
        """Delete these; false where it cannot."""
        ...


class Revised(NamedTuple):
    """What a batch comes to.

    Attributes:
        first: whole rows in place of those that were deleted.
        places: of the points below, in the batch.
        points: what is written then; the others are in these rows, or in other points, or say nothing.
    """

    first: Sequence[Point]
    places: Sequence[int]
    points: Sequence[Point]


class Revisions:
    """Makes whole rows of changes."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._held: dict[Identity, Point] = {}

    @property
    def held(self) -> Sequence[Point]:
        """The rows that are to be deleted and written, as they are to be."""
        return tuple(self._held.values())

    def restore(self, rows: Sequence[Point]) -> None:
        """Hold these again: nobody knows whether they were written."""
        self._held |= {_identity(row): row for row in rows}

    def hold(self, points: Sequence[Point]) -> None:
        """Read back what these points take a field out of; again with the same points it changes nothing.

        Raises:
            SinkUnavailable: the database does not answer now.
        """
        own = {_identity(point) for point in points if not point.revises and not point.gone}
        for name in {_identity(point): None for point in points if point.gone}:
            if name not in self._held and name not in own and (row := self._read(name)) is not None:
                self._held[name] = row
        for point in points:
            name = _identity(point)
            if name in self._held and (point.revises or point.gone):
                self._held[name] = (changed if point.revises else unless_known)(self._held[name], point)

    def applied(self, points: Sequence[Point]) -> Revised:
        """Delete what is held, and say what is to be written then.

        Raises:
            SinkUnavailable: the database does not answer now.
        """
        if not self._held and not any(point.revises or point.gone for point in points):
            return Revised((), range(len(points)), points)
        self.hold(points)
        if self._held:
            self._remove()
        reach("revision.deleted")
        return Revised(self.held, *_written(points, self._held))

    def written(self) -> None:
        """All of it is in the database."""
        self._held.clear()

    def _read(self, name: Identity) -> Point | None:
        _measurement, tags, time = name
        try:
            return next((row for row in self._rows.rows(time, time + 1, tags[0]) if _identity(row) == name), None)
        except SinkUnavailable as error:
            if not error.alarm:
                raise
            return None  # who may only write goes on writing

    def _remove(self) -> None:
        """Delete what is held; where that cannot be, it is written over what is there."""
        try:
            self._rows.remove_rows(self.held)
        except SinkUnavailable as error:
            if not error.alarm:
                raise


def _written(points: Sequence[Point], held: Mapping[Identity, Point]) -> tuple[Sequence[int], Sequence[Point]]:
    """What is to be written beside the rows that are held: changes of a row of the batch are taken over into it."""
    found: dict[int, Point] = {}
    places: dict[Identity, int] = {}
    for place, point in enumerate(points):
        name = _identity(point)
        if point.gone and not point.revises and name in places:
            found[places[name]] = unless_known(found[places[name]], point)
        elif not point.revises:
            if name not in held or not point.gone:
                found[place], places[name] = point, place
        elif name in places:
            found[places[name]] = changed(found[places[name]], point)
        elif point.fields and name not in held:
            found[place] = point
    return tuple(found), tuple(found.values())


def _identity(point: Point) -> Identity:
    return point.measurement, point.tags, point.time


def changed(row: Point, change: Point) -> Point:
    """A row with a change of it."""
    fields = {**dict(row.fields), **dict(change.fields)}
    kept = tuple((name, value) for name, value in fields.items() if name not in change.gone)
    return msgspec.structs.replace(row, fields=kept)
