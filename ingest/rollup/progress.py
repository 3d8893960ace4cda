"""How far the roll-ups have come, for `citylora rollup status`."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from ingest.data_dir import consumer_file, read_consumer
from ingest.rollup import too_late
from ingest.rollup.reading import Rollups
from ingest.rollup.tables import Tables
from ingest.sqlite import damaged

if TYPE_CHECKING:
    from pathlib import Path


class Progress(NamedTuple):
    """What rollup.db says.

    Attributes:
        hours: the end of the last hour that is closed, ns UTC; None: none is yet.
        days: of the last day, likewise.
        kept: late values of before this time no longer count; None: all do.
        dirty: hours and days of a site that are to be made again.
        too_late: rows that came when their time no longer counted, and that no rebuild has brought in since.
        sites: that have any roll-up.
    """

    hours: int | None
    days: int | None
    kept: int | None
    dirty: int
    too_late: int
    sites: int


def read_progress(folder: Path) -> Progress | None:
    """How far they have come; None where there are none.

    Raises:
        DataDirError: the file is damaged, or a newer citylora has written it.
    """
    path = consumer_file(folder, "rollup")
    if not path.is_file():
        return None
    with closing(read_consumer(folder, "rollup")) as db:
        try:
            state = Tables(db).state()
            (dirty,) = db.execute("SELECT count(*) FROM dirty").fetchone()
            late, sites = too_late.standing(db).missing, len(Rollups(db).sites())
        except sqlite3.DatabaseError as error:
            raise damaged(path, error) from error
    return Progress(_known(state.hours), _known(state.days), _known(state.dropped), dirty, late, sites)


def _known(moment: int) -> int | None:
    return moment if moment > 0 else None
