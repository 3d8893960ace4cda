"""Where consumers get the journal's blocks: the last ones from memory, already understood, older ones from disk.

A block in memory is decoded once, by whichever consumer asks first; a consumer that lags reads from the disk, at its
own cost, and holds up none that keeps pace. Of those that lag one reads at a time, and whoever follows it closely takes
what it has read.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingest.decoding.decoding import Outcome
from ingest.derive.facts import Facts
from ingest.derive.memory import Changes, Memory
from ingest.derive.stage import DOMAINS, work_out
from ingest.intake.intake import understand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateways.uplink import MalformedEvent, Message
    from ingest.decoding.decoding import Decoding
    from ingest.decoding.point import Point
    from ingest.journal.entry import Block, Entry
    from ingest.ports import JournalReader

TAIL_EVENTS = 4_000
"""Events that are kept in memory at most, some 6 kB each: what every consumer has taken leaves at once. Twice what one
consumer may be ahead of another in a drain, its batch and the one that it reads ahead: else both decode everything."""

TAIL_BYTES = 32 * 1024 * 1024
"""And their payloads at most."""

READ_BACK = 2
"""Batches read from the disk that are kept for whoever follows."""

RECALLED = 1_000
"""Events that are read again at once."""

DEFECT = "derive_defect"
"""The reason of an event in quarantine whose rows could not be worked out."""


class Kept(msgspec.Struct, frozen=True, gc=False):
    """An event that is no duplicate, and what it comes to.

    Attributes:
        ordinal: its number among the events that are no duplicates.
    """

    seq: int
    ordinal: int
    entry: Entry
    outcome: Outcome


class Taken(NamedTuple):
    """Blocks, their events that are no duplicates, and what those changed of what is remembered of devices."""

    blocks: list[Block]
    kept: list[Kept]
    changes: list[Changes]


class _Live:
    """A block in memory."""

    def __init__(self, block: Block, messages: Sequence[Message | MalformedEvent]) -> None:
        self.block = block
        self.messages = messages
        self.kept: list[Kept] | None = None
        self.changes = Changes({})
        self.size = sum(len(entry.payload) for entry in block.entries)


class _ReadBack:
    """What was read from the disk last: in a drain all consumers lag, and who follows another need not decode again.

    Who follows takes what the other read up to its end, so that from then on they read the same.
    """

    def __init__(self) -> None:
        self._runs: deque[list[_Live]] = deque(maxlen=READ_BACK)
        self._lock = threading.Lock()

    def keep(self, run: list[_Live]) -> None:
        """Blocks that follow each other were read."""
        if run:
            with self._lock:
                self._runs.append(run)

    def find(self, after: int) -> list[_Live] | None:
        """The blocks that begin behind event `after`; None where they are not here."""
        with self._lock:
            for run in reversed(self._runs):
                for place, live in enumerate(run):
                    if live.block.first == after + 1:
                        return run[place:]
        return None

    def forget(self, passed: int) -> None:
        """Every consumer has events up to this."""
        with self._lock:
            while self._runs and self._runs[0][-1].block.last <= passed:
                self._runs.popleft()


class Feed:
    """The blocks after a consumer's cursor. Any thread may call it."""

    def __init__(
        self, parse: Callable[[str, bytes], Message], decode: Decoding, head: int, facts: Facts | None = None,
        *, tail_events: int = TAIL_EVENTS,
    ) -> None:  # fmt: skip
        self.decode = decode
        self.facts = facts or Facts()
        self._parse = parse
        self._head = head
        self._tail: deque[_Live] = deque()
        self._tail_events = tail_events
        self._held_events = self._held_bytes = 0
        self._positions: dict[JournalReader, int] = {}
        self._read_back = _ReadBack()
        self._ending = False
        self._waiting: list[int] = []
        self._news = threading.Condition()
        self._decoding = threading.Lock()
        self._reading = threading.Lock()

    def publish(self, block: Block, messages: Sequence[Message | MalformedEvent]) -> None:
        """A block is on disk."""
        live = _Live(block, messages)
        with self._news:
            self._tail.append(live)
            self._held_events += len(block.entries)
            self._held_bytes += live.size
            while len(self._tail) > 1 and (self._held_events > self._tail_events or self._held_bytes > TAIL_BYTES):
                self._forget_oldest()
            self._head = block.last
            if self._head >= self._awaited():
                self._news.notify_all()

    def wait(self, after: int, timeout: float, events: int = 1) -> bool:
        """Wait for so many events after number `after`; whether there are any."""
        through = after + events
        with self._news:
            self._waiting.append(through)
            try:
                self._news.wait_for(lambda: self._head >= through or self._ending, timeout)
            finally:
                self._waiting.remove(through)
            return self._head > after

    def wake(self) -> None:
        """End every `wait`, now and from now on: the worker stops."""
        with self._news:
            self._ending = True
            self._news.notify_all()

    def use(self, decode: Decoding, facts: Facts) -> None:
        """Understand events by these from now on."""
        with self._decoding:
            self.decode, self.facts = decode, facts

    def take(self, reader: JournalReader, after: int, events: int, memory: Memory) -> Taken:
        """The blocks after number `after`, of some `events` events, and what they come to.

        Args:
            reader: the consumer's own.
            after: number of the last event that is not asked for.
            events: how many.
            memory: the consumer's, as of event `after`; it goes on with the blocks.
        """
        live = self._from_tail(reader, after, events)
        if live is None:
            live = self._from_disk(reader, after, events)
        with self._decoding:
            understood = [self._understood(one, memory) for one in live]
        return Taken(
            [one.block for one in live],
            [event for kept, _changes in understood for event in kept],
            [changes for _kept, changes in understood],
        )

    def recall(self, reader: JournalReader, after: int, through: int, memory: Memory) -> list[Block]:
        """Read the next blocks again, up to event `through`, for what they leave in memory alone."""
        blocks = [block for block in reader.read(after, RECALLED) if block.first <= through]
        with self._decoding:
            for block in blocks:
                for seq, ordinal, entry in block.numbered():
                    if ordinal and seq <= through:
                        self._worked_out(self.decode(entry, understand(self._parse, entry)), memory)
        return blocks

    def understood(self, block: Block, memory: Memory) -> list[Kept]:
        """What a block's events come to today, apart from what any consumer has of them."""
        with self._decoding:
            return self._decoded(block, [understand(self._parse, entry) for entry in block.entries], memory)

    def again(self, entry: Entry) -> Outcome:
        """What an old event is decoded to now; its rows are not worked out."""
        with self._decoding:
            return self.decode(entry, understand(self._parse, entry))

    def worked_out(self, outcome: Outcome, memory: Memory) -> Outcome:
        """What was decoded, with its rows as they are stored."""
        with self._decoding:
            return self._worked_out(outcome, memory)

    def row(self, point: Point, memory: Memory) -> tuple[Point, ...]:
        """A row of a domain as it is stored, then what changes of rows before.

        Nothing where working it out fails, which is a defect: its event is refused for that where it is consumed.
        """
        with self._decoding:
            try:
                return work_out((point,), self.facts, memory)
            except Exception:  # noqa: BLE001  (see `_worked_out`)
                return ()

    def _from_tail(self, reader: JournalReader, after: int, events: int) -> list[_Live] | None:
        """None where the tail begins too late."""
        with self._news:
            self._positions[reader] = after
            self._read_back.forget(min(self._positions.values()))
            self._forget_passed()
            if not self._tail or self._tail[0].block.first > after + 1:
                return None
            found: list[_Live] = []
            held = 0
            for live in self._tail:
                if live.block.last > after:
                    found.append(live)
                    held += len(live.block.entries)
                    if held >= events:
                        break
            return found

    def _from_disk(self, reader: JournalReader, after: int, events: int) -> list[_Live]:
        with self._reading:  # who asks for the same meanwhile finds it then
            live = self._read_back.find(after)
            if live is None:
                read = reader.read(after, events)
                live = [_Live(block, [understand(self._parse, entry) for entry in block.entries]) for block in read]
                self._read_back.keep(live)
        return live

    def _awaited(self) -> int:
        """The first event that somebody waits for: who waits for a later one is not woken."""
        return min(self._waiting, default=self._head + 1)

    def _forget_passed(self) -> None:
        """Let go of what every consumer has. One that lags behind the tail reads from the disk: it needs none of it."""
        begins = self._tail[0].block.first - 1 if self._tail else 0
        passed = min([after for after in self._positions.values() if after >= begins], default=0)
        while self._tail and self._tail[0].block.last <= passed:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        oldest = self._tail.popleft()
        self._held_events -= len(oldest.block.entries)
        self._held_bytes -= oldest.size

    def _understood(self, live: _Live, memory: Memory) -> tuple[list[Kept], Changes]:
        """A block's events, and what they change: as another consumer has them, where it remembers the same."""
        if live.kept is None:
            live.kept = self._decoded(live.block, live.messages, memory)
            live.messages = ()  # whoever asks for them again reads them anew
            live.changes = memory.take_changes()
        elif memory.agrees(live.changes):
            memory.follow(live.changes)
        else:
            messages = [understand(self._parse, entry) for entry in live.block.entries]
            return self._decoded(live.block, messages, memory), memory.take_changes()
        return live.kept, live.changes

    def _worked_out(self, outcome: Outcome, memory: Memory) -> Outcome:
        try:
            points = work_out(outcome.points, self.facts, memory)
        except Exception as error:  # noqa: BLE001  (a defect of ours harms this event alone, and is kept with it)
            return _defective(outcome, error)
        if points is outcome.points:
            return outcome
        return Outcome(outcome.kind, points, outcome.reason, outcome.detail, outcome.subject)

    def _decoded(self, block: Block, messages: Sequence[Message | MalformedEvent], memory: Memory) -> list[Kept]:
        decode = self.decode
        return [
            Kept(seq, ordinal, entry, self._worked_out(decode(entry, message), memory))
            for (seq, ordinal, entry), message in zip(block.numbered(), messages, strict=True)
            if ordinal
        ]


def _defective(outcome: Outcome, error: Exception) -> Outcome:
    """An event whose rows cannot be worked out: of an uplink the radio's row is left."""
    left = tuple(point for point in outcome.points if point.measurement not in DOMAINS)
    detail = f"{type(error).__name__}: {error}"
    subject = outcome.subject or " ".join((outcome.points[0].tags[0], outcome.points[0].tags[3]))
    return Outcome(outcome.kind, left, outcome.reason or DEFECT, outcome.detail or detail, subject)
