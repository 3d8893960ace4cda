"""The rows of a slice as a live run makes them, in the order of time.

A row is a function of its device's values before it, so slices follow each other in time and what is remembered is
carried from one to the next; it begins some slices earlier than the first that is compared. A live run remembers a
device at one place, where it is; here each of its places is apart, since what came late from the one before lies, in
time, among what came from the next. Which of them a row belongs to, the time says at which the network had it.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from decoders.quantities import QUANTITIES
from ingest.consumer.feed import DEFECT, Kept
from ingest.decoding.decoding import Outcome
from ingest.decoding.point import SUSPECT
from ingest.derive.catalogue import DERIVED
from ingest.derive.memory import Changes, Memory
from ingest.derive.stage import DOMAINS
from ingest.replay.changes import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.consumer.feed import Feed
    from ingest.decoding.point import Point
    from ingest.replay.changes import Key
    from ingest.replay.plan import Span


SPELLS = 16
"""Stays of a device at a place that are remembered: one whose tags name two places by turns has no end of them."""


class _Spell:
    """A device's time at a place, by when the network had the rows that say so; ns UTC."""

    __slots__ = ("first", "last", "name", "place")

    def __init__(self, name: str, place: str, received_at: int) -> None:
        self.name = name
        self.place = place
        self.first = self.last = received_at


class _Places(Memory):
    """What is remembered of each device, at each of its places apart: at its return to one it begins anew."""

    def __init__(self) -> None:
        super().__init__()
        self._spells: dict[str, list[_Spell]] = {}
        self._begun = 0
        self._place = ""
        self._received_at = 0

    def go(self, place: str, received_at: int) -> None:
        """The next row was received at this time, ns UTC, as of this place."""
        self._place, self._received_at = place, received_at

    def of(self, dev_eui: str) -> bytes:
        spell = self._spell(dev_eui)
        return b"" if spell is None else super().of(spell.name)

    def put(self, dev_eui: str, memory: bytes) -> None:
        spell = self._spell(dev_eui)
        if spell is None:
            spell = self._begin(dev_eui)
        spell.first, spell.last = min(spell.first, self._received_at), max(spell.last, self._received_at)
        super().put(spell.name, memory)

    def _spell(self, dev_eui: str) -> _Spell | None:
        """The one that the row belongs to; None where it begins one."""
        own = self._spells.get(dev_eui)
        if not own:
            return None
        after = self._after(own)
        near = own[max(after - 1, 0) : after + 1]
        return next((spell for spell in near if spell.place == self._place), None)

    def _begin(self, dev_eui: str) -> _Spell:
        self._begun += 1
        spell = _Spell(f"{dev_eui} {self._begun}", self._place, self._received_at)
        own = self._spells.setdefault(dev_eui, [])
        own.insert(self._after(own), spell)
        if len(own) > SPELLS:
            self.undo(Changes({}, {own.pop(0).name: b""}))
        return spell

    def _after(self, own: Sequence[_Spell]) -> int:
        """How many of a device's began until the row was received."""
        return bisect_right(own, self._received_at, key=lambda spell: spell.first)


class Reworked(NamedTuple):
    """A slice's events, with their rows in its time as they are stored.

    Attributes:
        kept: in the order of the journal.
        points: their rows in the order in which they are written.
        measured: of each row of a domain, the quantities that its device measured.
    """

    kept: Sequence[Kept]
    points: Sequence[Point]
    measured: dict[Key, frozenset[str]]


class Rework:
    """Works the slices out, one after another."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._memory = _Places()

    def work(self, kept: Sequence[Kept], span: Span) -> Reworked:
        """The next slice's rows."""
        inside = [
            (place, point)
            for place, event in enumerate(kept)
            for point in event.outcome.points
            if span.since <= point.time < span.until
        ]
        inside.sort(key=lambda one: one[1].time)
        rows: list[list[Point]] = [[] for _ in kept]
        points: list[Point] = []
        measured: dict[Key, frozenset[str]] = {}
        defective = set()
        for place, point in inside:
            stored = self._stored(point)
            if not stored:
                defective.add(place)
            if point.measurement in DOMAINS:
                measured[key(point)] = measured.get(key(point), frozenset()) | {name for name, _value in point.fields}
            rows[place] += stored
            points += stored
        self._memory.take_changes()
        if defective:
            left = {id(point) for place in defective for point in rows[place] if point.measurement in DOMAINS}
            points = [point for point in points if id(point) not in left]
        return Reworked(
            [_of(event, rows[place], defective=place in defective) for place, event in enumerate(kept)],
            points,
            measured,
        )

    def warm(self, points: Iterable[Point]) -> None:
        """Remember rows that nobody asks for, some of before those that were worked out last."""
        for point in sorted(points, key=lambda one: one.time):
            self._stored(point)
        self._memory.take_changes()

    def _stored(self, point: Point) -> tuple[Point, ...]:
        if point.measurement not in DOMAINS:
            return (point,)
        _dev_eui, site, _ward, model, _channel = point.tags
        self._memory.go(f"{site}\0{model}", point.received_at)
        return self._feed.row(point, self._memory)


def _of(event: Kept, rows: Sequence[Point], *, defective: bool) -> Kept:
    """An event with its rows as they are stored."""
    outcome = event.outcome
    reason, detail = outcome.reason, outcome.detail
    if defective and not reason:
        reason, detail = DEFECT, "its rows cannot be worked out: a defect of citylora"
    changed = Outcome(outcome.kind, tuple(rows), reason, detail, outcome.subject)
    return msgspec.structs.replace(event, outcome=changed)


def left_alone(rows: dict[Key, Point], stored: Iterable[Point], reworked: Reworked, before: int) -> None:
    """Take over rows that rest on events which the journal has forgotten, where nothing that was measured differs.

    Args:
        rows: as they come out, of which some know too little of what was before; changed in place.
        stored: as a sink has them.
        reworked: what they come from.
        before: the time, ns UTC, until which rows can rest on what is forgotten.
    """
    for row in stored:
        name = key(row)
        wanted, own = rows.get(name), reworked.measured.get(name)
        if wanted is None or own is None or row.time >= before:
            continue
        if _measured(row, own) == _measured(wanted, own):
            rows[name] = msgspec.structs.replace(wanted, fields=row.fields)


def _measured(row: Point, own: frozenset[str]) -> dict[str, float | str]:
    """The values of a row that its device measured, doubtful or not."""
    plain = ((name.removesuffix(SUSPECT), value) for name, value in row.fields)
    return {name: value for name, value in plain if name in own or (name in QUANTITIES and name not in DERIVED)}
