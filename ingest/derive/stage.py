"""Works the rows of an event out with what is known of places and remembered of its device."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from decoders.quantities import QUANTITIES
from ingest.derive.settle import settle

if TYPE_CHECKING:
    from ingest.decoding.point import Point
    from ingest.derive.facts import At, Facts
    from ingest.derive.memory import Memory

DOMAINS = frozenset(quantity.domain for quantity in QUANTITIES.values())


def work_out(points: tuple[Point, ...], facts: Facts, memory: Memory) -> tuple[Point, ...]:
    """The rows of an event as they are stored, and what changes of rows before; the device's memory goes on with it.

    Args:
        points: as they were decoded.
        facts: of the places.
        memory: of the devices, as of the event.
    """
    if not points or (len(points) == 1 and points[0].measurement not in DOMAINS):
        return points
    dev_eui = points[0].tags[0]  # an event is about one device
    before = now = memory.of(dev_eui)
    at: At | None = None
    time = unplaced = 0
    found: list[Point] = []
    for point in points:
        if point.measurement not in DOMAINS:
            found.append(point)
            continue
        if at is None or point.time != time:  # its rows are mostly of one time
            if point.time < time:  # a history frame's values may come newest first
                return work_out(tuple(sorted(points, key=attrgetter("time"))), facts, memory)
            time = point.time
            at = facts.at(point.tags[1], point.tags[3], time)
        settled = settle(point, now, at.head, at.place)
        found += settled.points
        now = settled.memory
        unplaced += settled.unplaced
    if now is not before:
        memory.put(dev_eui, now)
    for _ in range(unplaced):
        memory.miss(dev_eui)
    return tuple(found)
