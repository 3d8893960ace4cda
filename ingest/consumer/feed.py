"""Where consumers get the journal's blocks: the last ones from memory, already understood, older ones from disk.

A block in memory is decoded once, by whichever consumer asks first; a consumer that lags reads from the disk, at its
own cost, and never holds up the others.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING

import msgspec

from ingest.intake.intake import understand

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateways.uplink import MalformedEvent, Message
    from ingest.decoding.decoding import Decoding, Outcome
    from ingest.journal.entry import Block, Entry
    from ingest.ports import JournalReader

TAIL_EVENTS = 4_000
"""Events that are kept in memory at most, some 6 kB each: what every consumer has taken leaves at once."""

TAIL_BYTES = 32 * 1024 * 1024
"""And their payloads at most."""


class Kept(msgspec.Struct, frozen=True, gc=False):
    """An event that is no duplicate, and what it comes to.

    Attributes:
        ordinal: its number among the events that are no duplicates.
    """

    seq: int
    ordinal: int
    entry: Entry
    outcome: Outcome


class _Live:
    """A block in memory."""

    def __init__(self, block: Block, messages: Sequence[Message | MalformedEvent]) -> None:
        self.block = block
        self.messages = messages
        self.kept: list[Kept] | None = None
        self.size = sum(len(entry.payload) for entry in block.entries)


class Feed:
    """The blocks after a consumer's cursor. Any thread may call it."""

    def __init__(
        self, parse: Callable[[str, bytes], Message], decode: Decoding, head: int, *, tail_events: int = TAIL_EVENTS
    ) -> None:
        self.decode = decode
        self._parse = parse
        self._head = head
        self._tail: deque[_Live] = deque()
        self._tail_events = tail_events
        self._held_events = self._held_bytes = 0
        self._positions: dict[JournalReader, int] = {}
        self._ending = False
        self._news = threading.Condition()
        self._decoding = threading.Lock()

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
            self._news.notify_all()

    def wait(self, after: int, timeout: float) -> bool:
        """Wait for events after number `after`; whether there are any."""
        with self._news:
            self._news.wait_for(lambda: self._head > after or self._ending, timeout)
            return self._head > after

    def wake(self) -> None:
        """End every `wait`, now and from now on: the worker stops."""
        with self._news:
            self._ending = True
            self._news.notify_all()

    def take(self, reader: JournalReader, after: int, events: int) -> tuple[list[Block], list[Kept]]:
        """The blocks after number `after`, of some `events` events, and what they come to."""
        live = self._from_tail(reader, after, events)
        if live is None:
            read = reader.read(after, events)
            live = [_Live(block, [understand(self._parse, entry) for entry in block.entries]) for block in read]
        with self._decoding:
            for one in live:
                if one.kept is None:
                    one.kept = self._decoded(one)
        return [one.block for one in live], [kept for one in live for kept in one.kept or ()]

    def again(self, entry: Entry) -> Outcome:
        """What an old event comes to now."""
        with self._decoding:
            return self.decode(entry, understand(self._parse, entry))

    def _from_tail(self, reader: JournalReader, after: int, events: int) -> list[_Live] | None:
        """None where the tail begins too late."""
        with self._news:
            self._positions[reader] = after
            passed = min(self._positions.values())
            while self._tail and self._tail[0].block.last <= passed:
                self._forget_oldest()
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

    def _forget_oldest(self) -> None:
        oldest = self._tail.popleft()
        self._held_events -= len(oldest.block.entries)
        self._held_bytes -= oldest.size

    def _decoded(self, live: _Live) -> list[Kept]:
        decode = self.decode
        kept = [
            Kept(seq, ordinal, entry, decode(entry, message))
            for (seq, ordinal, entry), message in zip(live.block.numbered(), live.messages, strict=True)
            if ordinal
        ]
        live.messages = ()  # nobody asks for them again
        return kept
