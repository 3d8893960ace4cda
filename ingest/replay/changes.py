"""Rows as a sink has them and as they should be: what differs. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import msgspec

from ingest.decoding.point import TAGS, Point, other

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

SAMPLES = 3
"""Examples that are kept of each kind of change."""

Key: TypeAlias = tuple[str, tuple[str, ...], int]
"""What a row is: measurement, tags, time."""

Value: TypeAlias = "float | str | None"


class Sample(NamedTuple):
    """One value that changes; None where there is none before, or after."""

    tags: tuple[str, ...]
    time: int
    before: Value
    after: Value


class Change(msgspec.Struct):
    """How a field of one model's rows changes.

    Attributes:
        added: rows that have it now and had it not.
        changed: rows where its value is another one.
        removed: rows that had it and have it not now.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    samples: list[Sample] = []


class Difference(msgspec.Struct):
    """What is to be done to a sink's rows.

    Attributes:
        write: the rows that are new or differ, whole.
        rewrite: by measurement, the devices of which something must be deleted: all their rows are then written.
        removals: how many rows of each measurement these are for.
        fields: by (measurement, model, field).
        same: rows that are as they should be.
    """

    write: list[Point] = []
    rewrite: dict[str, set[str]] = {}
    removals: dict[str, int] = {}
    fields: dict[tuple[str, str, str], Change] = {}
    same: int = 0


def key(point: Point) -> Key:
    """What a row is."""
    return point.measurement, point.tags, point.time


def merged(points: Iterable[Point]) -> dict[Key, Point]:
    """The rows that points come to, written one after another: a later one's fields go over an earlier one's."""
    rows: dict[Key, Point] = {}
    for point in points:
        name = key(point)
        before = rows.get(name)
        if before is not None:
            rows[name] = _over(before, point)
        elif not point.revises:
            rows[name] = point
    return rows


def _over(before: Point, point: Point) -> Point:
    """A row once another point of it was written: what was doubtful is not any more, or the other way round."""
    given = dict(point.fields)
    others = {other(name) for name in given}
    gone = {*point.gone, *others} - given.keys()
    fields = {name: value for name, value in before.fields if name not in gone} | given
    return msgspec.structs.replace(before if point.revises else point, fields=tuple(fields.items()))


def compare(rows: dict[Key, Point], stored: Iterable[Point], devices: Collection[str]) -> Difference:
    """Hold the rows that should be against those that a sink has.

    Args:
        rows: as they should be.
        stored: as they are; those of other devices than `devices`, and those of gateways, are never deleted: another
            worker may have written them.
        devices: DevEUIs.
    """
    found, left = Difference(), dict(rows)
    for row in stored:
        name = key(row)
        wanted = left.pop(name, None)
        before, after = dict(row.fields), dict(wanted.fields) if wanted is not None else {}
        own = "dev_eui" in TAGS[row.measurement] and row.tags[0] in devices
        if wanted is None and not own:
            continue
        if before == after and wanted is not None and _same_origin(row, wanted):
            found.same += 1
            continue
        _note(found, row, before, after)
        if before.keys() - after.keys() and own:
            found.rewrite.setdefault(row.measurement, set()).add(row.tags[0])
            found.removals[row.measurement] = found.removals.get(row.measurement, 0) + 1
        elif wanted is not None:
            found.write.append(wanted)
    for row in left.values():
        _note(found, row, {}, dict(row.fields))
        found.write.append(row)
    return found


def to_write(rows: Iterable[Point], difference: Difference) -> list[Point]:
    """The rows to write once the rows of `difference.rewrite` are deleted."""
    # Where nothing can be deleted, the values that there are go over those that were.
    devices = difference.rewrite
    whole = [row for row in rows if row.tags[0] in devices.get(row.measurement, ())]
    return whole + [row for row in difference.write if row.tags[0] not in devices.get(row.measurement, ())]


def _same_origin(row: Point, wanted: Point) -> bool:
    """Whether what a store keeps beside the values is the same; InfluxDB keeps nothing beside."""
    return not row.time_source or (row.received_at, row.time_source, row.quality) == (
        wanted.received_at,
        wanted.time_source,
        wanted.quality,
    )


def _note(found: Difference, row: Point, before: dict[str, float | str], after: dict[str, float | str]) -> None:
    names = TAGS[row.measurement]
    model = row.tags[names.index("model")] if "model" in names else ""
    for name in before.keys() | after.keys():
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        change = found.fields.setdefault((row.measurement, model, name), Change())
        kind = "added" if old is None else "removed" if new is None else "changed"
        setattr(change, kind, getattr(change, kind) + 1)
        if len(change.samples) < SAMPLES:
            change.samples.append(Sample(row.tags, row.time, old, new))


def add(total: dict[tuple[str, str, str], Change], more: dict[tuple[str, str, str], Change]) -> None:
    """Add the changes of one slice to those of all."""
    for name, change in more.items():
        known = total.setdefault(name, Change())
        known.added += change.added
        known.changed += change.changed
        known.removed += change.removed
        known.samples = (known.samples + change.samples)[:SAMPLES]
