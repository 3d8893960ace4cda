"""The ledger as of a moment ago, for whoever looks again and again while the worker works.

It is read from the files, as `citylora status` reads them: no lock of a consumer is taken, and the journal's reader
holds up nobody. Reading takes milliseconds, and longer where a quarantine is full; so what was read is shared, and
reading takes a fiftieth of the time at most, however often somebody asks.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from ingest.status import read_state

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ingest.status import State

SHARE = 50
"""What was read is good for so many times as long as reading it took."""

LONGEST = 30.0
"""And for so many seconds at most."""


class Glimpse:
    """Any thread may call it.

    Args:
        folder: the data directory.
        consumers: their names.
        endpoints: those to which alerts are sent now.
    """

    def __init__(self, folder: Path, consumers: Sequence[str], endpoints: Callable[[], Sequence[str]] = tuple) -> None:
        self._folder = folder
        self._consumers = consumers
        self._endpoints = endpoints
        self._lock = threading.Lock()
        self._state: State | None = None
        self._good_until = 0.0

    def state(self) -> State:
        """The ledger.

        Raises:
            DataDirError: it cannot be read now.
        """
        with self._lock:
            began = time.monotonic()
            if self._state is None or began >= self._good_until:
                endpoints = self._endpoints()
                self._state = read_state(self._folder, self._consumers, count_pending=False, endpoints=endpoints)
                ended = time.monotonic()
                self._good_until = ended + min(SHARE * (ended - began), LONGEST)
            return self._state


def pending_bytes(state: State, size: int) -> int:
    """What the events that somebody still needs take of a journal of `size` bytes: they are about equally large."""
    identity = state.identity
    held = identity.received - identity.duplicate - state.sealed
    return size * min(identity.pending, held) // held if held > 0 else 0
