"""The tables of rollup.db as the consumer `rollup` works with them. Changes belong into a transaction of the caller.

What is held in memory beyond a transaction is what each write has put into `pending`, and the table says which of them
there are: a transaction that is rolled back leaves no trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingest.rollup.bucket import Kept, Parts, shard_of, time_of
from ingest.rollup.day_means import DayMeans
from ingest.rollup.packed import pack, unpack
from ingest.sqlite import write_rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

    from ingest.rollup.bucket import Record
    from ingest.rollup.rows import Made
    from ingest.rollup.spans import Calendar

NEVER = -(1 << 62)
"""Before every time."""

HOURS = """
    WITH RECURSIVE hour (start) AS (
        SELECT min(start) FROM hourly WHERE start >= :since
        UNION ALL SELECT (SELECT min(start) FROM hourly WHERE start > hour.start) FROM hour
            WHERE hour.start IS NOT NULL AND hour.start < :until
    )
    SELECT start FROM hour WHERE start < :until AND EXISTS (
        SELECT 1 FROM hourly WHERE hourly.start = hour.start AND hourly.site = :site
    ) ORDER BY start
"""
"""From one hour that is there to the next: `hourly` lies by time."""

_KEPT = {
    table: f"SELECT site, ward, start, data FROM {table} WHERE site = ? AND start IN"  # noqa: S608
    for table in ("hourly", "daily")
}

_KEEP = {
    table: f"INSERT OR REPLACE INTO {table} (site, ward, start, data) VALUES {{rows}}"  # noqa: S608
    for table in ("hourly", "daily")
}

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Kept]).decode


class State(NamedTuple):
    """How far it has come.

    Attributes:
        seen: the greatest `received_at` of an event, ns UTC.
        dropped: values of before have left the buckets, ns UTC.
        hours: every hour that ends by then is closed, ns UTC; the hour that begins then may be under way.
        days: every local day, likewise.
        hour_shard: the shard that the hour under way goes on with; 0: none is under way.
        day_shard: of the day, likewise.
        pending: bytes in the table `pending`.
        change: of the registry, up to which invalidations are honoured.
        turn: counts the writes, so that one that was rolled back shows.
    """

    seen: int
    dropped: int
    hours: int
    days: int
    hour_shard: int
    day_shard: int
    pending: int
    change: int
    turn: int


class Dirty(NamedTuple):
    """Sites whose hour or day has to be made again."""

    start: int
    sites: Sequence[str]


_STATE = f"SELECT {', '.join(State._fields)} FROM rollup_state"  # noqa: S608
_MOVE = f"UPDATE rollup_state SET {', '.join(f'{name} = ?' for name in State._fields)}"  # noqa: S608


class Tables:
    """Each method is a statement or two.

    Args:
        buckets: `bucket`, or `fresh` for a rebuild.

    Attributes:
        means: what drift is judged by.
    """

    def __init__(self, db: sqlite3.Connection, buckets: str = "bucket") -> None:
        self._db = db
        self._buckets = buckets
        self._parts = Parts()
        self._waiting: dict[int, Sequence[Kept]] = {}
        self.means = DayMeans(db)

    def state(self) -> State:
        """How far it has come: what `move` has set, and what the writes since then say."""
        state = State(*self._db.execute(_STATE).fetchone())
        newest = self._db.execute("SELECT turn, seen, bytes FROM pending ORDER BY turn DESC LIMIT 1").fetchone()
        if newest is None:
            return state
        turn, seen, pending = newest
        return state._replace(turn=max(state.turn, turn), seen=max(state.seen, seen), pending=pending)

    def waits(self, state: State) -> bool:
        """Whether the state is that of the last write, which has put records where they wait."""
        return self._db.execute("SELECT 1 FROM pending WHERE turn = ?", (state.turn,)).fetchone() is not None

    def move(self, state: State) -> None:
        """Set it."""
        self._db.execute(_MOVE, state)

    def wait(self, records: Sequence[Kept], state: State) -> State:
        """Put records where they wait for the next flush, and with them the state as far as a write changes it."""
        data = _encode(records)
        self._waiting[state.turn] = records
        state = state._replace(pending=state.pending + len(data))
        self._db.execute("INSERT INTO pending VALUES (?, ?, ?, ?)", (state.turn, state.seen, state.pending, data))
        return state

    def flush(self, calendar: Calendar) -> None:
        """Put what waits into buckets."""
        turns = [turn for (turn,) in self._db.execute("SELECT turn FROM pending ORDER BY turn")]
        self.put((record for turn in turns for record in self._waits(turn)), calendar)
        self._db.execute("DELETE FROM pending")
        self._waiting.clear()

    def _waits(self, turn: int) -> Sequence[Kept]:
        """What a write has put there; it is read where the write was before the start, or a flush was rolled back."""
        known = self._waiting.get(turn)
        if known is None:
            (data,) = self._db.execute("SELECT data FROM pending WHERE turn = ?", (turn,)).fetchone()
            known = _decode(data)
        return known

    def put(self, records: Iterable[Kept], calendar: Calendar) -> None:
        """Put records into buckets; the bodies of each are of one hour."""
        bodies: dict[tuple[int, str, str, bytes], list[bytes]] = {}
        start = end = 0
        for site, ward, head, body in records:
            time = time_of(body)
            if not start <= time < end:
                start, end = calendar.hour(time)
            name = (start, site, ward, head)
            same = bodies.get(name)
            if same is None:
                bodies[name] = [body]
            else:
                same.append(body)
        parts: dict[tuple[int, int], list[Kept]] = {}
        for (hour, site, ward, head), same in bodies.items():
            parts.setdefault((hour, shard_of(site)), []).append((site, ward, head, b"".join(same)))
        rows = [(*key, self._parts.pack(part)) for key, part in sorted(parts.items())]
        write_rows(self._db, f"INSERT INTO {self._buckets} (hour, shard, data) VALUES {{rows}}", rows)  # noqa: S608

    def next_hour(self, since: int) -> int | None:
        """The first hour that has a bucket and does not begin before `since`."""
        query = f"SELECT min(hour) FROM {self._buckets} WHERE hour >= ?"  # noqa: S608
        return self._number(query, since)

    def by_shard(
        self, since: int, until: int, first: int, least: int = 1
    ) -> Iterator[tuple[int, dict[str, list[Record]]]]:
        """From a shard on: up to which, and by site the records of the hours in a range; so many sites at least."""
        hours = self._hours(since, until)
        there = f"hour IN ({', '.join(map(str, hours))})"
        query = f"SELECT DISTINCT shard FROM {self._buckets} WHERE {there} AND shard >= ? ORDER BY shard"  # noqa: S608
        found: dict[str, list[Record]] = {}
        shard = first
        for (shard,) in self._db.execute(query, (first,)).fetchall():
            found.update(self._records(there, shard))
            if len(found) >= least:
                yield shard, found
                found = {}
        if found:
            yield shard, found

    def records(self, since: int, until: int, shard: int) -> dict[str, list[Record]]:
        """By site the records of the hours in a range."""
        return self._records(f"hour IN ({', '.join(map(str, self._hours(since, until)))})", shard)

    def _hours(self, since: int, until: int) -> list[int]:
        """The hours in a range that have a bucket."""
        found: list[int] = []
        while (hour := self.next_hour(since)) is not None and hour < until:
            found.append(hour)
            since = hour + 1
        return found

    def _records(self, there: str, shard: int) -> dict[str, list[Record]]:
        found: dict[str, list[Record]] = {}
        query = f"SELECT data FROM {self._buckets} WHERE {there} AND shard = ?"  # noqa: S608
        for (data,) in self._db.execute(query, (shard,)):
            for site, ward, head, bodies in self._parts.unpack(data):
                found.setdefault(site, []).append((ward, head, bodies))
        return found

    def shards(self, since: int, until: int) -> list[int]:
        """The shards that have a bucket of an hour in a range."""
        query = f"SELECT DISTINCT shard FROM {self._buckets} WHERE hour >= ? AND hour < ?"  # noqa: S608
        return [shard for (shard,) in self._db.execute(query, (since, until))]

    def forget(self, before: int) -> bool:
        """Forget the buckets of the oldest hour, where it begins before a time; false where there is none."""
        oldest = self.next_hour(NEVER)
        if oldest is None or oldest >= before:
            return False
        self._db.execute(f"DELETE FROM {self._buckets} WHERE hour = ?", (oldest,))  # noqa: S608
        return True

    def empty(self, since: int, until: int, shard: int | None = None) -> None:
        """Forget the buckets of the hours in a range, of one shard or of all."""
        query = f"DELETE FROM {self._buckets} WHERE hour >= ? AND hour < ? AND (shard = ? OR ?)"  # noqa: S608
        self._db.execute(query, (since, until, shard, shard is None))

    def mark(self, dirty: Iterable[tuple[int, str]], *, day: bool = False) -> None:
        """Have the hours or days that begin then made again, each of one site."""
        write_rows(self._db, "INSERT OR IGNORE INTO dirty VALUES {rows}", [(day, start, site) for start, site in dirty])

    def dirty(self, *, day: bool) -> Dirty | None:
        """The oldest hour or day that has to be made again, and of which sites."""
        (start,) = self._db.execute("SELECT min(start) FROM dirty WHERE day = ?", (day,)).fetchone()
        if start is None:
            return None
        sites = self._db.execute("SELECT site FROM dirty WHERE day = ? AND start = ? ORDER BY site", (day, start))
        return Dirty(start, [site for (site,) in sites])

    def clean(self, start: int, sites: Iterable[str], *, day: bool) -> None:
        """These are made again."""
        self._db.executemany(
            "DELETE FROM dirty WHERE day = ? AND start = ? AND site = ?", [(day, start, site) for site in sites]
        )

    def keep(self, table: str, *made: Made) -> list[bytes]:
        """Keep hours (`hourly`) or days (`daily`); returns the bytes of each."""
        data = [pack(one) for one in made]
        names = [(one.summary.site, one.summary.ward, one.summary.start) for one in made]
        write_rows(self._db, _KEEP[table], [(*name, own) for name, own in zip(names, data, strict=True)])
        return data

    def remove(self, table: str, site: str, start: int) -> None:
        """There is nothing of it any more."""
        self._db.execute(f"DELETE FROM {table} WHERE site = ? AND start = ?", (site, start))  # noqa: S608

    def kept(self, table: str, site: str, starts: Sequence[int]) -> list[Made]:
        """Those hours or days of a site that begin then and exist, the oldest first."""
        query = f"{_KEPT[table]} ({', '.join(map(str, starts))})"
        if len(starts) > 1:
            query += " ORDER BY start"
        return [unpack(*row) for row in self._db.execute(query, (site,))]

    def days(self, site: str, since: int, until: int) -> list[Made]:
        """The days of a site that begin in a range, the oldest first."""
        query = "SELECT site, ward, start, data FROM daily WHERE site = ? AND start >= ? AND start < ? ORDER BY start"
        return [unpack(*row) for row in self._db.execute(query, (site, since, until))]

    def day_of_all(self, start: int, after: str, most: int) -> list[Made]:
        """A day of the sites that follow one, in order of their ids."""
        query = "SELECT site, ward, start, data FROM daily WHERE start = ? AND site > ? ORDER BY site LIMIT ?"
        return [unpack(*row) for row in self._db.execute(query, (start, after, most))]

    def hours(self, site: str, since: int, until: int) -> list[int]:
        """When the hours of a site begin, of those that begin in a range."""
        return [start for (start,) in self._db.execute(HOURS, {"site": site, "since": since, "until": until})]

    def sites(self, table: str, start: int) -> list[str]:
        """The sites that have that hour or day."""
        return [site for (site,) in self._db.execute(f"SELECT site FROM {table} WHERE start = ?", (start,))]  # noqa: S608

    def first(self, table: str, since: int) -> int | None:
        """When the first hour or day begins that is kept and does not begin before `since`."""
        return self._number(f"SELECT min(start) FROM {table} WHERE start >= ?", since)  # noqa: S608

    def forget_hours(self, before: int) -> None:
        """Forget the oldest kept hour of all sites, where it begins before a time."""
        (oldest,) = self._db.execute("SELECT min(start) FROM hourly").fetchone()
        if oldest is not None and oldest < before:
            self._db.execute("DELETE FROM hourly WHERE start = ?", (oldest,))

    def _number(self, query: str, *values: int) -> int | None:
        (found,) = self._db.execute(query, values).fetchone()
        return None if found is None else int(found)
