"""Gives a sink that wants it its turn between the batches: for what is due by the clock, and not by an event."""

from __future__ import annotations

import sqlite3
import time
from typing import TYPE_CHECKING

from ingest.faults import reach
from ingest.sqlite import transaction

if TYPE_CHECKING:
    from ingest.ports import Idling

PAUSE = 0.25
"""Seconds between two turns where nothing is left over: a look costs as much as an uplink."""


class Turns:
    """One sink's turns, in transactions of its consumer's file.

    Attributes:
        failed: the file could not be written in the last turn.
    """

    def __init__(self, db: sqlite3.Connection, sink: Idling) -> None:
        self._db = db
        self._sink = sink
        self.failed = False
        self._due = 0.0

    def hurry(self) -> None:
        """The next turn is due at once."""
        self._due = 0.0

    def take(self, *, caught_up: bool) -> bool:
        """Let the sink do a little; true where it has more to do.

        Args:
            caught_up: the journal has no further event.
        """
        if time.monotonic() < self._due:
            return False
        more = False
        try:
            with transaction(self._db):
                reach("idle.before")
                more = self._sink.idle(caught_up=caught_up)
                reach("idle.after")
            self.failed = False
        except sqlite3.OperationalError:
            self.failed = True  # a batch says what ails the file
        self._due = 0.0 if more else time.monotonic() + PAUSE
        return more
