"""A stream of the network server in a thread of its own, opened again before it ends, and after it broke."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import msgspec

from gateways.chirpstack.admin.errors import AdminError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateways.chirpstack.admin.answers import StreamItem

SLICE = 30.0
"""s for which a stream is opened: what is not stopped by closing the connection ends by itself then."""

HISTORY = 3.0
"""s from the opening, in which the server repeats what it remembers: it does so within its first turns."""

BATCH, TURN, REMEMBERED = 10, 1.0, 128
"""Items a turn, s from one to the next, and how many it remembers at most.

ChirpStack means to remember 10 and lets Redis trim roughly (`MAXLEN ~`), by whole nodes, of 100 items by default. So it
can be some 110, which take 11 s; 23 were seen with 4.20.
"""

_PAUSE = 2.0  # s after a stream that broke
_BREATH = 0.2
_PASSING = ("unreachable", "deadline", "busy")


class Arrival(msgspec.Struct, frozen=True):
    """What came of a stream.

    Attributes:
        place: of the device among those that are watched; -1 where a gateway is listened to.
        gateway: its id; "" for a device's events.
        what: an item, or why there are no more.
        live: it has just happened; else the server may have repeated it from its memory.
        at: wall clock of this machine, ns UTC.
    """

    place: int
    gateway: str
    what: StreamItem | AdminError
    live: bool
    at: int


class Listener:
    """Reads one stream until it is stopped.

    Args:
        read: opens it: since when (ns UTC, server's clock), for how many seconds.
        put: is given what arrives, in this thread.
    """

    def __init__(
        self,
        place: int,
        gateway: str,
        read: Callable[[int, float], Iterator[StreamItem]],
        put: Callable[[Arrival], None],
    ) -> None:
        self._place, self._gateway, self._read, self._put = place, gateway, read, put
        self._stop = threading.Event()
        self._since, self._seen, self._read_so_far = 0, set[str](), 0
        self._thread = threading.Thread(target=self._run, name="citylora-check", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Give nothing any more. The thread ends with its stream, or where the connection is closed."""
        self._stop.set()

    def _run(self) -> None:
        again = False
        while not self._stop.is_set():
            opened = time.monotonic()
            try:
                for item in self._read(self._since, SLICE):
                    if self._stop.is_set():
                        return
                    self._take(item, live=again or self._past(time.monotonic() - opened))
                again = True
                self._stop.wait(_BREATH)
            except AdminError as error:
                if error.kind not in _PASSING:
                    self._give(error, live=False)
                    return
                self._stop.wait(_PAUSE)
            except Exception:
                if not self._stop.is_set():  # else the connection was closed under it, as is meant
                    raise

    def _past(self, elapsed: float) -> bool:
        """Whether the server has repeated all, as many turns as that takes after what was read."""
        return elapsed > HISTORY + min(self._read_so_far, REMEMBERED) // BATCH * TURN

    def _take(self, item: StreamItem, *, live: bool) -> None:
        """Each once: a stream that is opened again repeats its last items."""
        self._read_so_far += 1
        if item.id in self._seen:
            return
        if item.at > self._since:
            self._seen = {one for one in self._seen if one.startswith(item.id.partition("-")[0])}
        self._since = max(self._since, item.at)
        self._seen.add(item.id)
        self._give(item, live=live)

    def _give(self, what: StreamItem | AdminError, *, live: bool) -> None:
        if not self._stop.is_set():
            self._put(Arrival(self._place, self._gateway, what, live, time.time_ns()))
