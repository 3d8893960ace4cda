"""A journal in memory: the second implementation of the seam, which keeps its contract honest."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

from ingest.journal.entry import Block, Entry, Verdict
from ingest.ports import Totals

_IDENTITY = 16


class Shelf:
    """What would be on disk: it outlives the journal that is opened on it."""

    def __init__(self) -> None:
        self.blocks: list[tuple[Block, bytes]] = []
        self.totals = Totals(0, 0, 0, 1, 0, 0)
        self.devices: dict[int, bytes] = {}
        self.remembered = self.skipped = 0
        self.jumps: dict[int, int] = {}
        self.network = b""
        self.tally: dict[str, int] = {}
        self.full = False


class MemoryJournal:
    """See `ingest.ports.Journal`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def append(
        self, entries: Sequence[Entry], identities: bytes = b"", tally: Mapping[str, int] | None = None
    ) -> Block:
        shelf = self._shelf
        if shelf.full:
            raise OSError(28, "No space left on device")
        totals, duplicates = shelf.totals, _duplicates(entries)
        last, received = max(totals.last, shelf.skipped) + len(entries), totals.received + len(entries)
        block = Block(last, received - totals.duplicates - duplicates, tuple(entries))
        shelf.blocks.append((block, identities or bytes(_IDENTITY * len(entries))))
        shelf.totals = totals._replace(
            last=last, received=received, duplicates=totals.duplicates + duplicates, oldest=shelf.blocks[0][0].first
        )
        for name, count in (tally or {}).items():
            shelf.tally[name] = shelf.tally.get(name, 0) + count
        return block

    def drop(self, through: int) -> int:
        shelf = self._shelf
        gone = [block for block, _ in takewhile(lambda held: held[0].last <= through, shelf.blocks)]
        del shelf.blocks[: len(gone)]
        events = sum(len(block.entries) for block in gone)
        totals = shelf.totals
        shelf.totals = totals._replace(
            oldest=shelf.blocks[0][0].first if shelf.blocks else totals.last + 1,
            sealed_received=totals.sealed_received + events,
            sealed_duplicates=totals.sealed_duplicates + sum(_duplicates(block.entries) for block in gone),
        )
        return events

    def skip(self, through: int, at: int) -> None:  # noqa: ARG002  (the seam's signature)
        self._shelf.skipped = max(self._shelf.skipped, through)
        self._shelf.jumps[self._shelf.totals.last] = self._shelf.skipped + 1

    def remember(self, states: Mapping[int, bytes], network: bytes = b"") -> None:
        self._shelf.devices |= states
        self._shelf.network = network
        self._shelf.remembered = self._shelf.totals.last

    def reader(self) -> "MemoryReader":
        return MemoryReader(self._shelf)

    def close(self) -> None:
        pass


class MemoryReader:
    """See `ingest.ports.JournalReader`."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def read(self, after: int, events: int) -> list[Block]:
        blocks: list[Block] = []
        for block, _ in self._shelf.blocks:
            if block.last > after:
                blocks.append(block._replace(entries=block.entries[max(0, after + 1 - block.first) :]))
                if sum(len(one.entries) for one in blocks) >= events:
                    break
        return blocks

    def pending(self, after: int) -> int:
        return sum(len(block.entries) - _duplicates(block.entries) for block in self.read(after, 1 << 62))

    def totals(self) -> Totals:
        return self._shelf.totals

    def identities(self, limit: int) -> Iterator[bytes]:
        found: list[bytes] = []
        for _, identities in reversed(self._shelf.blocks):
            found.insert(0, identities)
            if sum(map(len, found)) >= limit * _IDENTITY:
                break
        yield from found

    def devices(self) -> tuple[int, dict[int, bytes]]:
        return self._shelf.remembered, dict(self._shelf.devices)

    def network(self) -> bytes:
        return self._shelf.network

    def jumps(self) -> dict[int, int]:
        return dict(self._shelf.jumps)

    def close(self) -> None:
        pass


def _duplicates(entries: Sequence[Entry]) -> int:
    return sum(entry.verdict == Verdict.DUPLICATE for entry in entries)
