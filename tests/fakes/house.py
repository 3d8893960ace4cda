"""The path of an event in one thread: real journal, feed, consumers and store; the test says when each moves."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from msgspec.structs import replace

from gateways.chirpstack.events import parse
from gateways.uplink import Event
from ingest import data_dir
from ingest.audit.verify import verify
from ingest.consumer.consumer import Consumer
from ingest.consumer.feed import TAIL_EVENTS, Feed
from ingest.decoding.decoding import Decoding
from ingest.decoding.point import Point, unless_known
from ingest.derive.facts import Facts
from ingest.devices import Device, Directory
from ingest.eviction import Evictor
from ingest.intake.intake import Intake, Judged
from ingest.journal.writer import SqliteJournal
from ingest.ports import Refusal, Sink
from ingest.sinks.revisions import changed
from ingest.sinks.store import StoreSink
from ingest.status import Account, State, read_state

if TYPE_CHECKING:
    from ingest.errors import SinkUnavailable

NOW = 1_790_000_100_000_000_000


class ListSink:
    """A sink that keeps points in memory by their identity; one that comes again is written over it, as InfluxDB does.

    Attributes:
        refuses: why a point is refused, "" where it is taken.
        trouble: raised by every write while it is set.
    """

    def __init__(self, name: str = "influxdb") -> None:
        self.name = name
        self.accepted = 0
        self.points: dict[tuple[str, tuple[str, ...], int], Point] = {}
        self.refuses: Callable[[Point], str] = lambda _: ""
        self.trouble: SinkUnavailable | None = None
        self.closed = False

    def made(self, _: sqlite3.Connection) -> "ListSink":
        """This very sink, whichever file its consumer has."""
        return self

    def write(self, points: Sequence[Point]) -> Sequence[Refusal]:
        if self.trouble is not None:
            raise self.trouble
        refusals = []
        for index, point in enumerate(points):
            if reason := self.refuses(point):
                refusals.append(Refusal(index, reason))
            else:
                self._put(point)
                self.accepted += 1
        return refusals

    def _put(self, point: Point) -> None:
        name = point.measurement, point.tags, point.time
        row = self.points.get(name)
        if row is None:
            self.points[name] = point
        elif point.revises:
            self.points[name] = changed(row, point)
        elif point.gone:
            self.points[name] = unless_known(row, point)
        else:
            self.points[name] = replace(point, fields=tuple({**dict(row.fields), **dict(point.fields)}.items()))

    def close(self) -> None:
        self.closed = True


class Way(NamedTuple):
    """What a consumer is made of beside its name.

    Attributes:
        sink: made from the consumer's file.
        retention: nanoseconds.
        expires: what is older is deleted.
    """

    sink: Callable[[sqlite3.Connection], Sink]
    retention: int | None = None
    expires: bool = False


STORE = {"store": Way(StoreSink)}


class House:
    """One data directory; `with` opens and closes it."""

    def __init__(
        self,
        folder: Path,
        ways: dict[str, Way] | None = None,
        *,
        tail_events: int = TAIL_EVENTS,
        devices: Sequence[Device] = (),
        directory: Directory | None = None,
        facts: Facts | None = None,
    ) -> None:
        self.folder = folder
        self.ways = STORE if ways is None else ways
        data_dir.make(folder)
        self.journal = SqliteJournal(folder)
        self.reader = self.journal.reader()
        self.intake = Intake(parse)
        self.intake.recall(self.reader)
        decoding = Decoding((directory or Directory(devices)).resolve)
        self.feed = Feed(parse, decoding, self.journal.last, facts, tail_events=tail_events)
        self.consumers = {name: self._consumer(name, way) for name, way in self.ways.items()}

    def take(self, events: Iterable[Event]) -> list[Judged]:
        """Put events into the journal as one block, and publish it."""
        judged = [self.intake.judge(event) for event in events]
        identities = b"".join(one.identity for one in judged)
        block = self.journal.append([one.entry for one in judged], identities, self.intake.take_tally())
        self.feed.publish(block, [one.message for one in judged])
        return judged

    def drain(self, *names: str) -> None:
        """Let these consumers, or all, take everything; none of their sinks may be in trouble."""
        for name in names or self.consumers:
            while self.consumers[name].step():
                pass

    def evictor(self, cap: int, *, stop_when_full: bool = False) -> Evictor:
        """What keeps the journal within so many bytes."""
        return Evictor(self.journal, self.reader, list(self.consumers.values()), cap, stop_when_full=stop_when_full)

    def state(self) -> State:
        """The ledger, read from the files."""
        return read_state(self.folder, list(self.ways))

    def account(self, name: str) -> Account:
        """One consumer's ledger."""
        return next(account for account in self.state().accounts if account.name == name)

    def faults(self) -> list[str]:
        """What does not agree."""
        return verify(self.folder, list(self.ways))

    def honest(self) -> State:
        """The ledger, after it was held against the files."""
        assert self.faults() == []
        state = self.state()
        assert state.identity.adds_up
        return state

    def close(self) -> None:
        """Close every file."""
        for consumer in self.consumers.values():
            consumer.close()
        self.reader.close()
        self.journal.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _consumer(self, name: str, way: Way) -> Consumer:
        db = data_dir.open_consumer(self.folder, name)
        reader = self.journal.reader()
        return Consumer(db, way.sink(db), self.feed, reader, lambda: NOW, retention=way.retention, expires=way.expires)
