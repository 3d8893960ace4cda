"""Which of the journal's events can place a row in which slice of time.

An event's rows mostly lie near its own time, but a history frame places some days before it, and a queue that a broker
kept arrives hours late. So the blocks are cut into slices of time by their own span, every event is decoded once to see
where its rows fall, and those that fall outside their block's slice are noted with the slice they fall into.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from ingest.consumer.feed import Kept
from ingest.decoding.moment import EARLIEST, TOLERANCE
from ingest.errors import DataDirError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from ingest.decoding.decoding import Outcome
    from ingest.decoding.point import Point
    from ingest.journal.entry import Block, Entry
    from ingest.journal.reader import BlockSpan, SqliteReader

EVENTS = 5_000
"""Events of a slice, about: less than a second in which the sink's own consumer waits."""


class Span(NamedTuple):
    """A range of time, ns UTC; its end is not included."""

    since: int
    until: int


class Wanted(NamedTuple):
    """What is to be decoded anew.

    Attributes:
        device: DevEUI; "" for all.
    """

    span: Span
    device: str = ""


class Home(NamedTuple):
    """Blocks of one slice that follow each other: the numbers of their events, both ends included."""

    first: int
    last: int


class Plan:
    """The slices of a range, and the events of each.

    Args:
        through: number of the last event that may be looked at to cut them.
        again: what an event comes to today.
        reach: how far back rows rest on others, ns.

    Attributes:
        bounds: where slices begin, ascending, and where the last one ends; empty where there is nothing to do.
        begins: from when on rows are compared; slices before are there to remember what these rest on.
        floor: before it the journal cannot answer for every row, since it has forgotten events or begins later; rows
            there are written over, and none is deleted.
        dim: before it rows may rest on events that the journal has forgotten.
        complete: it has forgotten none.
        devices: the DevEUIs whose events were found.
        through: number of the last event that was looked at.
    """

    def __init__(
        self, wanted: Wanted, reader: SqliteReader, through: int, again: Callable[[Entry], Outcome], reach: int = 0
    ) -> None:
        self.devices: set[str] = set()
        self._device = wanted.device
        self._reader = reader
        self._again = again
        self._homes: dict[int, list[Home]] = {}
        self._strays: dict[int, set[int]] = {}
        self._blocks: list[tuple[int, int]] = []
        self.bounds: list[int] = []
        self.begins = self.dim = self.floor = wanted.span.since
        self.complete = False
        self._reach = reach
        self._passed = 0
        self._late: list[Point] = []
        self._cut(wanted.span, through)
        self.through = self._blocks[0][0] - 1 if self._blocks else through

    def slices(self) -> int:
        """How many there are."""
        return max(0, len(self.bounds) - 1)

    def span(self, number: int) -> Span:
        """The time of a slice."""
        return Span(self.bounds[number], self.bounds[number + 1])

    def look(self, through: int) -> Iterator[int]:
        """Look at every event up to number `through`; gives the number reached, now and then."""
        while self.through < through and (blocks := self._reader.read(self.through, EVENTS // 5)):
            for block in blocks:
                if block.last > through:
                    return
                self._note(block)
                self.through = block.last
            yield self.through

    def late(self, number: int, through: int) -> list[Point]:
        """Look at every event up to number `through`, as before a slice; what of them belongs into slices before it."""
        self._passed = number
        for _ in self.look(through):
            pass
        late, self._late = self._late, []
        return late

    def events(self, number: int) -> list[Kept]:
        """The events that can place a row in a slice, in the order of the journal."""
        found: dict[int, Kept] = {}
        homes, strays = self._homes.get(number, ()), self._strays.get(number, set())
        self._still_there(min([*strays, *[home.first for home in homes]], default=self.through + 1))
        for first, last in homes:
            for block in _read(self._reader, first - 1, last):
                found |= {kept.seq: kept for kept in self._kept(block) if kept.seq <= last}
        for seq in sorted(strays):
            if seq not in found:
                block = self._reader.read(seq - 1, 1)[0]
                found |= {kept.seq: kept for kept in self._kept(block, strays)}
        return [found[seq] for seq in sorted(found)]

    def _still_there(self, first: int) -> None:
        """Refuse to go on where the journal has forgotten what would have to be written again."""
        if first < self._reader.totals().oldest:
            raise DataDirError(
                "the journal has given up events of this range meanwhile: it is full",
                "run the replay again: it goes on with what is left; [journal] max_size keeps more",
            )

    def _cut(self, span: Span, through: int) -> None:
        """Make the slices: of the blocks that can lie in the range, some `EVENTS` events each."""
        spans = [one for one in self._reader.spans(through) if one.received_to >= span.since - self._reach - TOLERANCE]
        if not spans:
            return
        end = min(span.until, max(one.received_to for one in spans) + TOLERANCE + 1)
        horizon = self._reader.horizon()
        answered = horizon + TOLERANCE + 1 if horizon else min(one.received_from for one in spans) - TOLERANCE
        self.floor = max(span.since, min(answered, end))
        self.complete = not horizon
        self.dim = answered + self._reach if horizon else span.since
        self.begins = max(span.since, min(EARLIEST, answered))
        if self.begins >= end:
            return
        first = max(span.since - self._reach, min(EARLIEST, answered))
        self.bounds = sorted({first, self.begins, self.floor, *self._cuts(spans, max(first, answered), end), end})

    def _cuts(self, spans: Sequence[BlockSpan], first: int, end: int) -> Iterator[int]:
        """The times between `first` and `end` where a slice has events enough."""
        held = 0
        for one in spans:
            self._blocks.append((one.last - one.events + 1, one.last))
            cut, held = max(first, one.received_to + 1), held + one.events
            if held >= EVENTS and first < cut < end:
                yield cut
                first, held = cut, 0

    def _note(self, block: Block) -> None:
        """Where the rows of a block's events fall."""
        home = -1
        if not self._device and self._blocks and block.last <= self._blocks[-1][1]:
            home = self._slice(max(entry.received_at for entry in block.entries))
            if home >= 0:
                self._home(home, block)
        for kept in self._kept(block):
            places = {self._slice(point.time) for point in kept.outcome.points}
            if self._passed:
                self._late += [one for one in kept.outcome.points if 0 <= self._slice(one.time) < self._passed]
            places.add(self._slice(kept.entry.received_at))  # where its case is settled
            for place in places - {home, -1}:
                self._strays.setdefault(place, set()).add(kept.seq)

    def _home(self, place: int, block: Block) -> None:
        homes = self._homes.setdefault(place, [])
        if homes and homes[-1].last == block.first - 1:
            homes[-1] = Home(homes[-1].first, block.last)
        else:
            homes.append(Home(block.first, block.last))

    def _slice(self, time: int) -> int:
        """The number of the slice that a time falls into; -1 for none."""
        if not self.bounds or not self.bounds[0] <= time < self.bounds[-1]:
            return -1
        return bisect_right(self.bounds, time) - 1

    def _kept(self, block: Block, wanted: Collection[int] | None = None) -> Iterator[Kept]:
        """The block's events that are wanted and no duplicates, with what they come to today."""
        for seq, ordinal, entry in block.numbered():
            if not ordinal or (wanted is not None and seq not in wanted) or not self._may_be(entry):
                continue
            outcome = self._again(entry)
            named = {point.tags[0] for point in outcome.points if point.measurement != "gateway"}
            if self._device and self._device not in (named or {outcome.subject.partition(" ")[0]}):
                continue
            self.devices |= named
            yield Kept(seq, ordinal, entry, outcome)

    def _may_be(self, entry: Entry) -> bool:
        """Whether an event can be about the device that is wanted: its DevEUI stands in both encodings as text."""
        if not self._device:
            return True
        return self._device in entry.topic.lower() or self._device.encode() in entry.payload.lower()


def _read(reader: SqliteReader, after: int, last: int) -> Iterator[Block]:
    while after < last and (blocks := reader.read(after, EVENTS)):
        for block in blocks:
            if block.first > last:
                return
            yield block
            after = block.last
