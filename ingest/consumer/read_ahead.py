"""Reads and decodes a consumer's next batch while its sink takes the last one: a distant sink is mostly waited for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ingest.consumer.feed import Feed, Kept
    from ingest.journal.entry import Block
    from ingest.ports import JournalReader

Taken: TypeAlias = "tuple[list[Block], list[Kept]]"


class ReadAhead:
    """One batch ahead, no more. For one consumer, which is the only one to use the reader."""

    def __init__(self, name: str, feed: Feed, reader: JournalReader, events: int) -> None:
        self._feed = feed
        self._reader = reader
        self._events = events
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"{name}:ahead")
        self._begun: tuple[int, Future[Taken]] | None = None

    def take(self, after: int) -> Taken:
        """The batch after number `after`."""
        begun, self._begun = self._begun, None
        if begun is not None:
            found = begun[1].result()  # also where it is another one: two may not read at once
            if begun[0] == after and found[0]:
                return found
        return self._feed.take(self._reader, after, self._events)

    def begin(self, after: int) -> None:
        """Begin to read the batch after number `after`, where there is one already."""
        if self._feed.wait(after, 0):
            self._begun = (after, self._thread.submit(self._feed.take, self._reader, after, self._events))

    def close(self) -> None:
        """Let go of the reader."""
        self._thread.shutdown()
        self._reader.close()
