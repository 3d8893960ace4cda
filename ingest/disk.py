"""How full the journal is, and how long an outage it still bridges.

Events that every consumer has are the archive for replay: they stay as long as they fit, and go first. So the journal
is meant to run full, and an alarm is about the events that somebody still needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.journal.file import read_jumps
from ingest.journal.writer import FILE
from ingest.sqlite import connect, transaction

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

ALARMS = (50, 75, 90)
"""Percent of the cap at which the pending events are an alarm."""

NEWEST_BLOCKS = 2_000
"""The growth is that of so many blocks: an hour of a small city, a minute of a large one."""

LEAST_SPAN = 10_000_000_000
"""Nanoseconds that they must span at least to say anything of the growth."""


class Disk(NamedTuple):
    """The journal against its cap, in bytes.

    Attributes:
        total: of all files of the data directory.
        used: of the journal, without the room that dropped blocks left.
        pending: of `used`, what the slowest consumer has yet to read.
        growth: bytes a second of the events' own time; None where too little is known.
    """

    total: int
    used: int
    cap: int
    pending: int
    growth: float | None

    @property
    def percent(self) -> float:
        """The journal's share of its cap."""
        return 100 * self.used / self.cap

    @property
    def alarm(self) -> int:
        """The highest of `ALARMS` that the pending events have reached, else 0."""
        return max((level for level in ALARMS if 100 * self.pending >= level * self.cap), default=0)

    @property
    def full_in_hours(self) -> float | None:
        """Until pending events fill the journal, if from now on nothing were consumed; None where unknown."""
        return max(0, self.cap - self.pending) / self.growth / 3600 if self.growth else None


def read_disk(folder: Path, cap: int, slowest: int) -> Disk:
    """Measure.

    Args:
        folder: the data directory.
        cap: bytes that the journal may take.
        slowest: number of the last event that every consumer has.
    """
    db = connect(folder / FILE, durable=False, read_only=True)
    try:
        with transaction(db):
            sizes = [int(db.execute(f"PRAGMA {name}").fetchone()[0]) for name in _PRAGMAS]
            (first,) = db.execute("SELECT last - events FROM block ORDER BY last LIMIT 1").fetchone() or (0,)
            (last,) = db.execute("SELECT max(last) FROM block").fetchone()
            held, lacking = (_given(db, after, last or 0) for after in (first, max(first, slowest)))
            blocks = db.execute(
                "SELECT received_from, received_to, length(body) + length(identities) FROM block"
                " ORDER BY last DESC LIMIT ?",
                (NEWEST_BLOCKS,),
            ).fetchall()
    finally:
        db.close()
    page, pages, free = sizes
    used = page * (pages - free)
    # Events are about equally large: counting them is exact enough, and need not read the journal.
    pending = used * lacking // held if held else 0
    total = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    return Disk(total, used, cap, pending, _growth(blocks))


def _given(db: sqlite3.Connection, after: int, through: int) -> int:
    """How many events have a number after one and up to another."""
    skipped = sum(first - 1 - last for last, first in read_jumps(db).items() if after <= last and first <= through)
    return max(0, through - after - skipped)


_PRAGMAS = ("page_size", "page_count", "freelist_count")


def _growth(blocks: list[tuple[int, int, int]]) -> float | None:
    if not blocks:
        return None
    span = max(end for _, end, _ in blocks) - min(begin for begin, _, _ in blocks)
    return sum(size for _, _, size in blocks) / span * 1e9 if span >= LEAST_SPAN else None
