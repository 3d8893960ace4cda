"""Reads and decodes a consumer's next batch while its sink takes the last one: a distant sink is mostly waited for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ingest.consumer.feed import Feed, Taken
    from ingest.derive.memory import Memory
    from ingest.ports import JournalReader


class ReadAhead:
    """One batch ahead, no more. For one consumer, which is the only one to use the reader."""

    def __init__(self, name: str, feed: Feed, reader: JournalReader, events: int, memory: Memory) -> None:
        self._feed = feed
        self._reader = reader
        self._events = events
        self._memory = memory
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{name}:ahead")
        self._begun: tuple[int, Future[Taken]] | None = None

    def take(self, after: int) -> Taken:
        """The batch after number `after`."""
        begun, self._begun = self._begun, None
        if begun is not None:
            found = begun[1].result()  # also where it is another one: two may not read at once
            if begun[0] == after and found.blocks:
                return found
            self._undo(found)
        return self._take(after)

    def back(self, taken: Taken | None = None) -> None:
        """Remember no more of what was read ahead, nor before that of the batch that was taken last."""
        begun, self._begun = self._begun, None
        for one in (None if begun is None else begun[1].result(), taken):
            if one is not None:
                self._undo(one)

    def begin(self, after: int) -> None:
        """Begin to read the batch after number `after`, where there is one already."""
        if self._feed.wait(after, 0):
            self._begun = (after, self._thread.submit(self._take, after))

    def _take(self, after: int) -> Taken:
        return self._feed.take(self._reader, after, self._events, self._memory)

    def _undo(self, taken: Taken) -> None:
        for changes in reversed(taken.changes):
            self._memory.undo(changes)

    def close(self) -> None:
        """Let go of the reader."""
        self._thread.shutdown()
        self._reader.close()
