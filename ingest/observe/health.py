"""Whether the worker lives, whether it is ready, and whether the outside is to hear that it does its work.

dead     a thread has ended or hangs: only a restart helps
unready  that, or: nothing is kept, a broker is away, a sink needs someone, the journal is about to give events up
silent   that events do not get into the journal, or will soon be lost from it, for longer than a restart of a server
         takes. A sink that is away is not among it: its events are kept, the heartbeat goes on and names the sink
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from ingest.disk import ALARMS
from ingest.errors import CityloraError
from ingest.observe.glimpse import pending_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingest.app import Worker
    from ingest.consumer.consumer import Consumer
    from ingest.observe.glimpse import Glimpse

HANGS = 60.0
"""Seconds in which intake's loop, which comes round twice a second, does not."""

STUCK = 900.0
"""Seconds in which a consumer that has something to do and no trouble does not move: three times the longest write."""

BLOCKED = 60.0
"""Seconds of keeping nothing after which the heartbeat stops."""

AWAY = 300.0
"""Seconds of a broker's absence after which the heartbeat stops: longer than a restart or an upgrade of it."""

MEASURED = 15.0
"""Seconds between two looks at how full the journal is."""


class Health:
    """Belongs to the watching thread, which calls `look` once a second; any thread may ask.

    Attributes:
        filled: percent of the journal's cap that undelivered events take.
    """

    def __init__(self, worker: Worker, glimpse: Glimpse, now: Callable[[], float] = time.monotonic) -> None:
        self.filled = 0.0
        self._worker = worker
        self._glimpse = glimpse
        self._now = now
        self._looked_at = self._measured_at = now()
        self._away: dict[str, float] = {}
        self._blocked: float | None = None
        self._turned = (0, now())
        self._moved: dict[str, tuple[int, float]] = {}

    @property
    def alarm(self) -> int:
        """The highest of the alarm's levels that the undelivered events have reached; else 0."""
        return max((level for level in ALARMS if self.filled >= level), default=0)

    def look(self) -> None:
        """Note since when things are as they are."""
        now, worker = self._now(), self._worker
        self._looked_at = now
        if worker.pipeline.turns != self._turned[0]:
            self._turned = (worker.pipeline.turns, now)
        away = [f"{kind} {one.settings.name}" for kind, one in worker.ways_in if not one.connected.is_set()]
        self._away = {name: self._away.get(name, now) for name in away}
        self._blocked = None if worker.pipeline.blocked is None else self._blocked or now
        for consumer in worker.consumers:
            seq, _ = self._moved.get(consumer.name, (-1, now))
            idle = consumer.cursor.seq >= worker.journal.last or consumer.stalled
            if seq != consumer.cursor.seq or idle:
                self._moved[consumer.name] = (consumer.cursor.seq, now)
        if now - self._measured_at >= MEASURED:
            self._measured_at = now
            self._measure()

    def dead(self) -> list[str]:
        """Why only a restart helps; empty where the process works."""
        return list(self._dead())

    def unready(self) -> list[str]:
        """Why someone should look at it; empty where all is well."""
        return [*self._dead(), *self._unready()]

    def silent(self) -> list[str]:
        """Why the heartbeat is withheld; empty where it is to be sent."""
        return [*self._dead(), *self._silent()]

    def _dead(self) -> Iterator[str]:
        worker, now = self._worker, self._now()
        if worker.failed:
            yield worker.failed
        yield from (f"the thread {name} has ended" for name in worker.dead_threads())
        turns, since = self._turned
        if worker.pipeline.turns == turns and now - since > HANGS:
            yield f"intake has been hanging for {now - since:.0f} s"
        for name, (_, since) in tuple(self._moved.items()):
            if now - since > STUCK:
                yield f"{name} has been hanging for {now - since:.0f} s"

    def _unready(self) -> Iterator[str]:
        worker = self._worker
        if worker.ended.is_set():
            yield "it is stopping"
        blocked = worker.pipeline.blocked
        if blocked is not None:
            yield f"nothing is kept: {blocked.reason}"
        for kind, one in worker.ways_in:
            if not one.connected.is_set():
                yield f"{kind} {one.settings.name} is not connected"
        yield from (words for consumer in worker.consumers if (words := _alarm(consumer)))
        yield from self._filling()

    def _silent(self) -> Iterator[str]:
        now = self._now()
        if now - self._looked_at > HANGS:
            yield "nobody watches: the thread that does hangs"
        if self._blocked is not None and now - self._blocked > BLOCKED:
            yield f"nothing has been kept for {now - self._blocked:.0f} s"
        for name, since in self._away.items():
            if now - since > AWAY:
                yield f"{name} has been away for {now - since:.0f} s"
        yield from self._filling()

    def _filling(self) -> Iterator[str]:
        if self.alarm == ALARMS[-1]:
            yield f"events that are not delivered yet fill {self.filled:.0f} % of the journal's cap"

    def _measure(self) -> None:
        room = self._worker.pipeline.room
        if room is None:
            return
        with suppress(CityloraError, OSError, sqlite3.Error):  # it stays what it was: the next look tries again
            self.filled = self._worker.filled = 100 * pending_bytes(self._glimpse.state(), room.size) / room.cap


def _alarm(consumer: Consumer) -> str:
    health = consumer.health
    if not health.alarm:
        return ""
    return f"{consumer.name}: {health.trouble}" + (f" ({health.hint})" if health.hint else "")
