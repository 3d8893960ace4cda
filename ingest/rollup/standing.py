"""How the roll-ups stand, for whoever watches: up to when hours are closed, and what each sink still lacks."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from ingest.data_dir import consumer_file, read_consumer
from ingest.ledger import Ledger, parts
from ingest.rollup.trim import GIVEN_UP
from ingest.sqlite import damaged

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NEVER = 0
"""No hour before 1970 is ever closed."""


class Standing(NamedTuple):
    """The second log and its maker.

    Attributes:
        closed: the end of the last hour that is closed, ns UTC; None: none is yet.
        pending: points that each sink has yet to take.
        given_up: points that each sink will never get, since the log had grown past its bounds.
    """

    closed: int | None
    pending: Mapping[str, int]
    given_up: Mapping[str, int]


def read_standing(folder: Path, passed: Mapping[str, int]) -> Standing | None:
    """What rollup.db says; None where there is none.

    Args:
        folder: the data directory.
        passed: the number through which each sink has the log, read before.

    Raises:
        DataDirError: the file is damaged, or a newer citylora has written it.
        sqlite3.OperationalError: it is just being made.
    """
    if not consumer_file(folder, "rollup").is_file():
        return None
    with closing(read_consumer(folder, "rollup")) as db:
        try:
            return _standing(db, passed)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise damaged(consumer_file(folder, "rollup"), error) from error


def _standing(db: sqlite3.Connection, passed: Mapping[str, int]) -> Standing:
    (closed,) = db.execute("SELECT hours FROM rollup_state").fetchone()
    count = "SELECT coalesce(sum(points), 0) FROM derived WHERE seq > ?"
    pending = {name: int(db.execute(count, (seq,)).fetchone()[0]) for name, seq in passed.items()}
    return Standing(closed if closed > NEVER else None, pending, parts(Ledger(db).tallies(), GIVEN_UP))
