"""Works the rows of an event out with what is known of places and remembered of its device."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from decoders.quantities import QUANTITIES
from ingest.derive.settle import settle
from ingest.devices import EVER

if TYPE_CHECKING:
    from ingest.decoding.point import Point
    from ingest.derive.facts import Facts
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
    now = bytearray(memory.of(dev_eui))
    time, changed, unplaced = EVER, False, 0
    found: list[Point] = []
    for point in points:
        if point.measurement not in DOMAINS:
            found.append(point)
            continue
        if point.time != time:  # its rows are mostly of one time
            if point.time < time:  # a history frame's values may come newest first
                return work_out(tuple(sorted(points, key=attrgetter("time"))), facts, memory)
            time = point.time
            _since, _until, head, place = facts.at(point.tags[1], point.tags[3], time)
            now = now or bytearray(head)
            here = now.startswith(head)
        names = next(zip(*point.fields))  # noqa: B905  (pairs; a domain has no texts)
        plan = place.plans[point.tags[-1], names]
        if here or not plan.remembers:
            row = plan.ordinary(point, now, place.about)
            if row is not None:
                found.append(row)
                changed |= plan.remembers
                continue
        before = bytes(now)
        settled = settle(point, before, head, place)
        found += settled.points
        now = bytearray(settled.memory)
        changed |= settled.memory is not before
        here = now.startswith(head)
        unplaced += settled.unplaced
    if changed:
        memory.put(dev_eui, bytes(now))
    if unplaced:
        memory.miss(dev_eui, unplaced)
    return tuple(found)
