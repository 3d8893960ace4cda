"""The network side's thread: from what sources hear to what intake is handed, and back to the sessions' file.

What is under way is bounded: receptions that wait, frames that wait for their copies, events that wait for the disk.
Past the bound `hear` says no, and what the radios receive meanwhile is lost where their own buffers end; a broker would
keep it, the air does not.
"""

from __future__ import annotations

import queue
import sqlite3
import threading
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gateways.handover import Handover, Incident, Report
from gateways.network.book import Book
from gateways.network.foreign import Foreign
from gateways.network.gathering import WINDOW, Gatherer
from gateways.network.taking import Mark, Names, Taken, Taker
from gateways.uplink import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateways.network.foreign import Heard
    from gateways.network.judge import Reason
    from gateways.network.private import PrivateFrame
    from gateways.network.session import Damage, Recall, Session
    from gateways.network.store import SessionStore
    from gateways.network.transmit import Transmitter
    from gateways.reception import Reception

UNDER_WAY = 20_000
"""Receptions and events that may wait, together: some 20 MB."""

TICK = 0.01
"""Seconds between two looks while something waits for its copies; else it sleeps until something is heard."""

IDLE = 0.5
WRITE_SECONDS = 0.5
NOTE_SECONDS = 5.0
"""How often the counters of sessions, and what is noted of others' frames, are written down."""


class Network:
    """The one network side of a worker. `hear`, `pass_on` and `acknowledge` may be called from any thread.

    Args:
        names: of network and region.
        store: of devices and sessions; belongs to this thread until `close`.
        report: takes handovers and incidents.
        recall: how far the journal has counted, by DevEUI.
        frames: declared private ones.
        window: seconds in which copies of a frame are gathered.

    Attributes:
        heard: receptions taken.
    """

    def __init__(
        self,
        names: Names,
        store: SessionStore,
        report: Callable[[Report], None],
        recall: Recall,
        *,
        frames: Sequence[PrivateFrame] = (),
        window: float = WINDOW,
    ) -> None:
        self.name = names.network
        self._store, self._report, self._recall = store, report, recall
        self._inbox: queue.SimpleQueue[Reception | Event | None] = queue.SimpleQueue()
        self._acknowledged: queue.SimpleQueue[Handover] = queue.SimpleQueue()
        self._gatherer, self._book, self._foreign = Gatherer(window), Book(), Foreign()
        self._taker = Taker(names, self._book, self._foreign, recall, self._keep_joined, frames=frames)
        self._batches: dict[int, list[Mark]] = {}
        self._batch = self._outstanding = self.heard = self._passed = 0
        self._marks: dict[tuple[str, int, int], int] = {}
        self._noted: Counter[tuple[str, str]] = Counter()
        self._newest: Heard | None = None
        self._damaged: frozenset[Damage] = frozenset()
        self._written_at = self._noted_at = time.monotonic()
        self._stopping, self._reload, self._reloaded = threading.Event(), threading.Event(), threading.Event()
        self._thread = threading.Thread(name="network")
        self._read()

    def transmit_by(self, transmitters: Mapping[str, Transmitter]) -> None:
        """Which sources can answer a join-request, by their names."""
        self._taker.transmitters = transmitters

    def start(self, guard: Callable[[Callable[[], None]], None] = lambda run: run()) -> None:
        """Begin to work; returns at once. `guard` runs the thread's work, and notices where that ends by an error."""
        self._thread = threading.Thread(target=guard, args=(self._run,), name="network", daemon=True)
        self._thread.start()

    def hear(self, reception: Reception) -> bool:
        """Take what a source has heard; false where there is no room, and it has to try again."""
        return self._put(reception)

    def pass_on(self, event: Event) -> bool:
        """Hand an event over that is no frame, such as the statistics of a gateway; false where there is no room."""
        return self._put(event)

    def acknowledge(self, handover: Handover) -> None:
        """Its events are on disk."""
        self._acknowledged.put(handover)

    def reload(self, timeout: float = 10.0) -> bool:
        """Read devices and sessions anew, which a command has changed; whether that is done."""
        self._reloaded.clear()
        self._reload.set()
        self._inbox.put(None)
        return self._reloaded.wait(timeout)

    def stop(self, timeout: float = 5.0) -> None:
        """Hand over what was heard, and end; the sources have ended before."""
        self._stopping.set()
        self._inbox.put(None)
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def close(self) -> None:
        """Write down what has been acknowledged, and let go of the file; intake has ended before."""
        if not self._thread.is_alive():
            self._write_down(final=True)
        self._store.close()

    def status(self) -> dict[str, Any]:
        """Counts since the start. `heard` is the sum of `copies`, `waiting` and all `frames`."""
        return {
            "devices": len(self._book),
            "heard": self.heard,
            "copies": self._gatherer.copies,
            "waiting": self.heard - self._gatherer.copies - self._taker.outcomes.total(),
            "frames": dict(self._taker.outcomes),
            "unwritten": self._outstanding,
        }

    @property
    def alive(self) -> bool:
        """Whether the thread works."""
        return self._thread.is_alive()

    def _put(self, thing: Reception | Event) -> bool:
        if self._inbox.qsize() + len(self._gatherer) + self._outstanding >= UNDER_WAY or self._stopping.is_set():
            return False
        self._inbox.put(thing)
        return True

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._hand_over(self._take_in() + self._ripe(time.monotonic()))
            self._write_down()
            if self._reload.is_set():
                self._reload.clear()
                self._read_again()
        self._hand_over(self._take_in() + self._ripe(float("inf")))

    def _take_in(self) -> list[Taken]:
        """What has come; waits for it where nothing else is to be done."""
        passed: list[Taken] = []
        if len(self._gatherer):
            self._stopping.wait(TICK)
        busy = bool(len(self._gatherer)) or self._stopping.is_set()
        with suppress(queue.Empty):
            thing = self._inbox.get(block=not busy, timeout=IDLE)
            now = time.monotonic()
            while True:
                if isinstance(thing, Event):
                    passed.append(Taken(thing))
                elif thing is not None:
                    self.heard += 1
                    self._gatherer.add(thing, now)
                thing = self._inbox.get_nowait()
        return passed

    def _ripe(self, now: float) -> list[Taken]:
        taken = (self._taker.take(copies) for copies in self._gatherer.due(now))
        return [one for one in taken if one is not None]

    def _hand_over(self, taken: list[Taken]) -> None:
        """Give events to intake, those of each source together."""
        sources: dict[str, list[Taken]] = {}
        for one in taken:
            sources.setdefault(one.event.source, []).append(one)
        for source, found in sources.items():
            self._batch += 1
            self._batches[self._batch] = [one.mark for one in found if one.mark is not None]
            self._outstanding += len(found)
            self._report(Handover(source, self._batch, [one.event for one in found], [0] * len(found)))

    def _write_down(self, *, final: bool = False) -> None:
        while not self._acknowledged.empty():
            handover = self._acknowledged.get()
            self._outstanding -= len(handover.events)
            for dev_eui, dev_addr, since, expected in self._batches.pop(handover.generation, ()):
                self._marks[dev_eui, dev_addr, since] = expected
        now = time.monotonic()
        if self._marks and (final or now - self._written_at >= WRITE_SECONDS):
            self._written_at = now
            self._to_file(self._write_marks)
        if final or now - self._noted_at >= NOTE_SECONDS:
            self._noted_at = now
            self._to_file(self._write_notes)

    def _write_marks(self) -> None:
        self._store.counted(self._marks)
        self._marks.clear()

    def _write_notes(self) -> None:
        counts, ring = Counter(self._foreign.counts), list(self._foreign.ring)
        fresh = counts - self._noted
        if not fresh:
            return
        places = [place for place, one in enumerate(ring) if one is self._newest]
        self._store.note(ring[places[0] + 1 :] if places else ring, fresh)
        self._noted, self._newest = counts, ring[-1]

    def _to_file(self, write: Callable[[], None]) -> None:
        """What cannot be written now is tried again; until then a restart finds the counters in the journal."""
        try:
            write()
        except sqlite3.Error as error:
            self._report(Incident(self.name, "session_store", f"the sessions' file cannot be written: {error}"))

    def _keep_joined(self, session: Session, nonce: int) -> Reason | None:
        try:
            return None if self._store.join(session, nonce) else "join_replayed"
        except sqlite3.Error as error:
            self._report(Incident(self.name, "session_store", f"a join cannot be written down: {error}"))
            return "join_not_kept"

    def _read(self) -> None:
        """Read the file; what of it is damaged is told once, and the rest goes on."""
        kept = self._store.read()
        self._book.use(kept, self._recall)
        for one in kept.damaged:
            if one not in self._damaged:
                self._report(Incident(self.name, "session_damaged", str(one)))
        self._damaged = frozenset(kept.damaged)

    def _read_again(self) -> None:
        try:
            self._read()
        except Exception as error:  # noqa: BLE001  (the sessions that are in memory go on)
            self._report(Incident(self.name, "session_store", f"the sessions cannot be read anew: {error}"))
        self._reloaded.set()
