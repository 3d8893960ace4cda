"""The consumer `rollup`'s sink over a file of its own, and rows for it; the test says what time it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from ingest.data_dir import open_consumer
from ingest.decoding.point import Point
from ingest.ledger import Ledger
from ingest.rollup.derived_log import DerivedReader
from ingest.rollup.sink import Outside, RollupSink
from ingest.sqlite import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOUR = 3_600_000_000_000
MINUTE = HOUR // 60
BEGIN = 1_767_200_400_000_000_000
"""2026-01-01T00:00:00+07:00."""

ZONE = "Asia/Ho_Chi_Minh"


def row(
    at: int, values: dict[str, float], *, site: str = "bridge-1", device: int = 1, ward: str = "hai-chau",
    domain: str = "environment", channel: int = 0, causes: dict[str, int] | None = None, received: int | None = None,
) -> Point:  # fmt: skip
    """A row of a domain; those in `causes` are doubtful."""
    doubts = tuple((causes or {}).items())
    fields = tuple((f"{name}_suspect" if name in (causes or {}) else name, value) for name, value in values.items())
    tags = (f"{device:016x}", site, ward, "Model", str(channel))
    return Point(domain, tags, fields, at, at + 1 if received is None else received, doubts=doubts)


class Rolling:
    """The sink, its file and its clock; `with` closes it.

    Attributes:
        now: what time it is, ns UTC.
    """

    def __init__(self, folder: Path, outside: Outside | None = None, zone: str = ZONE) -> None:
        self.folder = folder
        self.now = BEGIN
        self.db = open_consumer(folder, "rollup")
        self.sink = RollupSink(self.db, zone, lambda: self.now, outside)
        self._log = DerivedReader(folder)

    def write(self, *points: Point) -> None:
        """One write, in its transaction."""
        with transaction(self.db):
            assert self.sink.write(points) == ()

    def idle(self, *, caught_up: bool = True, tidy: bool = False) -> bool:
        """One turn."""
        if tidy:
            self.sink.tidy()
        with transaction(self.db):
            return self.sink.idle(caught_up=caught_up)

    def until(self, now: int, *, tidy: bool = True) -> None:
        """Let time pass, and everything be done that is due then."""
        self.now = now
        while self.idle(tidy=tidy):
            pass

    def told(self, after: int = 0) -> list[Point]:
        """The rows of the second log that follow a block."""
        return [point for block in self._log.read(after, 10**9) for point in block.points]

    def head(self) -> int:
        """The number of the last block."""
        return self._log.head()

    def rows(self, measurement: str) -> dict[tuple[str, str, int], dict[str, float | str]]:
        """What the log's rows of a measurement come to, by site, channel and time."""
        found: dict[tuple[str, str, int], dict[str, float | str]] = {}
        for point in self.told():
            if point.measurement == measurement:
                fields = found.setdefault((point.tags[0], point.tags[-1], point.time), {})
                fields.update(point.fields)
                for name in point.gone:
                    del fields[name]
        return {key: fields for key, fields in found.items() if fields}

    def tally(self, name: str) -> int:
        """A counter."""
        return Ledger(self.db).tally(name)

    def count(self, table: str) -> int:
        """Rows of a table."""
        return int(self.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    def close(self) -> None:
        """Close the files."""
        self._log.close()
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def fields(points: Sequence[Point], measurement: str) -> dict[str, float | str]:
    """The fields of the only row of a measurement."""
    (found,) = [point for point in points if point.measurement == measurement]
    return dict(found.fields)
