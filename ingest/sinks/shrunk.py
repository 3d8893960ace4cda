"""Rows of the second log that have lost a field since they were written, for a database that can only add fields.

Such a row comes whole, so the old one is deleted and the newest is written, whatever else of it the batch has. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.decoding.point import Point


class Shrunk(NamedTuple):
    """What a batch comes to.

    Attributes:
        rows: one point of each row that is to be deleted first.
        kept: the places in the batch of the points that are to be written then.
        points: these points.
    """

    rows: Sequence[Point]
    kept: Sequence[int]
    points: Sequence[Point]


def part(points: Sequence[Point]) -> Shrunk:
    """Part what is to be deleted from what is to be written."""
    if not any(point.gone or not point.fields for point in points):
        return Shrunk((), range(len(points)), points)
    last = {(point.measurement, point.tags, point.time): place for place, point in enumerate(points)}
    shrunk = {(point.measurement, point.tags, point.time): point for point in points if point.gone or not point.fields}
    kept = []
    for place, point in enumerate(points):
        identity = (point.measurement, point.tags, point.time)
        if identity not in shrunk or (last[identity] == place and point.fields):
            kept.append(place)
    return Shrunk(
        tuple(shrunk.values()), kept, [msgspec.structs.replace(points[place], revises=False, gone=()) for place in kept]
    )
