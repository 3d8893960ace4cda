"""The seams of the pipeline: who calls what, in which order, and what an exception means.

Every seam has one conformance suite in tests/conformance/, which runs over each of its implementations.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from ingest.decoding.point import Point
    from ingest.journal.entry import Block, Entry


class Clock(Protocol):
    """Where the time comes from; tests bring their own."""

    def now(self) -> int:
        """Wall clock, nanoseconds since 1970-01-01T00:00:00Z."""
        ...


class Totals(NamedTuple):
    """What a journal has taken in, in one consistent view.

    Attributes:
        last: number (`seq`) of the newest event ever appended; 0 where there was none.
        received: events ever appended.
        duplicates: those of them that repeat another.
        oldest: number of the oldest event still held; `last + 1` where none is.
        sealed_received: events no longer held.
        sealed_duplicates: those of them that repeated another.
    """

    last: int
    received: int
    duplicates: int
    oldest: int
    sealed_received: int
    sealed_duplicates: int


class JournalReader(Protocol):
    """One reader's view of the journal; belongs to one thread."""

    def read(self, after: int, events: int) -> list[Block]:
        """The blocks that follow number `after`, in order, until they hold at least `events` events or end.

        Of a block that goes on behind `after` (it was joined since), the events that follow it.
        """
        ...

    def pending(self, after: int) -> int:
        """How many events that are no duplicates follow number `after`, counted from the blocks themselves."""
        ...

    def totals(self) -> Totals:
        """The counters of the writer's last commit."""
        ...

    def identities(self, limit: int) -> Iterator[bytes]:
        """The identities of at least the last `limit` events, oldest first, those of each block joined."""
        ...

    def devices(self) -> tuple[int, dict[int, bytes]]:
        """What was remembered: the number of the event up to which it holds, and the state of each device."""
        ...

    def network(self) -> bytes:
        """What was remembered of the network, as of the same number; b"" where nothing."""
        ...

    def jumps(self) -> dict[int, int]:
        """Where the numbers leave some out: the first number that follows, by the last one before."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class Journal(Protocol):
    """The durable, ordered log of events; belongs to one thread, the only writer.

    `append` returns when the block is on disk, and not before: what is acknowledged rests on that. Numbers never
    repeat, not after everything was dropped; only `skip` leaves some out. `append` raises OSError where the disk would
    not take the block; nothing of it is kept then, and the same entries may be appended again. `drop` forgets whole
    blocks, oldest first, and counts them.
    """

    def append(
        self, entries: Sequence[Entry], identities: bytes = b"", tally: Mapping[str, int] | None = None
    ) -> Block:
        """Put the entries on disk as one block, and count `tally` with it; `identities` are 16 bytes for each entry."""
        ...

    def drop(self, through: int) -> int:
        """Forget the blocks whose last number is at most `through`; returns the number of events forgotten."""
        ...

    def skip(self, through: int, at: int) -> None:
        """Number no event `through` or below any more; done at `at`, ns UTC. Call it before the first `append`."""
        ...

    def remember(self, states: Mapping[int, bytes], network: bytes = b"") -> None:
        """Keep what intake knows of these devices (by DevEUI) and of the network, as of the last block."""
        ...

    def reader(self) -> JournalReader:
        """A reader for another thread."""
        ...

    def close(self) -> None:
        """Let go of the file; everything appended stays."""
        ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """A point that the sink will never take: its place in the batch, and the sink's own words."""

    index: int
    reason: str


class Sink(Protocol):
    """Where points end up.

    `write` is called by one thread, one batch at a time, in the order of the journal, and inside the transaction that
    will hold the consumer's cursor. It returns when the sink has the whole batch but for the refusals that it returns.
    Writing the same point again changes nothing. It raises `errors.SinkUnavailable` where nothing can be said of the
    batch yet; the caller then writes the same batch again. `close` is called once, after the last `write` ended.

    Attributes:
        accepted: points taken since the sink was made, counted where they were taken: by how much it grew in a `write`
            that returned is what the ledger counts as written, so that a batch that got lost on the way shows.
    """

    name: str
    accepted: int

    def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """Write a batch; the refusals are in order of their index."""
        ...

    def close(self) -> None:
        """Let go of connections and files."""
        ...


@runtime_checkable
class Deriving(Sink, Protocol):
    """A sink that puts the rows of the second log, `derived`, elsewhere or otherwise than those of events."""

    def write_derived(self, points: Sequence[Point]) -> Sequence[Refusal]:
        """Write such rows; everything else is as with `write`. Of a row that is there `gone` are no more."""
        ...


@runtime_checkable
class Replacing(Sink, Protocol):
    """A sink that deletes a row and writes it anew where a point takes a field out of it (`gone`).

    The consumer calls `replaces` before the `write` of the same points, keeps on disk what it gives, and hands that to
    the next sink by `restore` where the write never ended.
    """

    def replaces(self, points: Sequence[Point]) -> Sequence[Point]:
        """The rows that the write of these points deletes first, as they are to be afterwards.

        Raises:
            SinkUnavailable: it cannot be asked now.
        """
        ...

    def restore(self, rows: Sequence[Point]) -> None:
        """Write these rows with the next batch; they may be there or not."""
        ...


@runtime_checkable
class Idling(Sink, Protocol):
    """A sink that has work by the clock, too; it lives in its consumer's own file."""

    def idle(self, *, caught_up: bool) -> bool:
        """Do a little of it between two batches, in a transaction; true where there is more to do now.

        Args:
            caught_up: the journal has no further event: what is over by the clock is over.
        """
        ...


@runtime_checkable
class Rewritable(Sink, Protocol):
    """A sink whose rows can be read back and deleted, so that history can be decoded anew.

    Attributes:
        own: its rows come from this data directory's journal and from nowhere else.
    """

    own: bool

    def rows(self, since: int, until: int, device: str) -> Iterable[Point]:
        """Every row that an event can have made, of one device ("": of all), from `since` on and before `until`.

        A sink that keeps nothing beside the values leaves `received_at`, `time_source` and `quality` at their defaults.
        """
        ...

    def remove(self, since: int, until: int, measurement: str, devices: Collection[str]) -> bool:
        """Delete the rows of these devices in one measurement and that range; false where the sink cannot delete."""
        ...
