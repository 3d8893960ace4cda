"""Deliveries under way: one at most for an endpoint, each in a thread that is kept for the next one."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, NamedTuple

from ingest.delivery.channel import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.alerts.outbox import EndpointState, Entry
    from ingest.config.endpoints import AnyEndpoint
    from ingest.delivery.channel import Channel


class Lane:
    """One endpoint; only the courier's own thread changes it.

    Attributes:
        busy: something is under way.
        look_at: when the outbox is to be looked at for it, seconds of `time.monotonic`.
        refreshed: when it was last told again what fires, ns UTC.
        state: how it is.
        refused: how many messages it has refused in a row, since it last took one or the courier began.
        words: what it answered last.
        counts: deliveries since the start, by kind of answer.
    """

    def __init__(self, name: str, settings: AnyEndpoint, channel: Channel, state: EndpointState) -> None:
        self.name = name
        self.settings = settings
        self.channel = channel
        self.busy = False
        self.look_at = 0.0
        self.refreshed = 0
        self.state = state
        self.refused = 0
        self.words = ""
        self.counts: dict[str, int] = {}


class Done(NamedTuple):
    """A delivery that has ended; `entry` is None of a refresh."""

    lane: Lane
    entry: Entry | None
    answer: Answer


class Pool:
    """Threads that carry, as many as are under way at once, `most` at most.

    Args:
        most: threads.
        ended: called by them with what came of a delivery.
    """

    def __init__(self, most: int, ended: Callable[[Done], None]) -> None:
        self._most = most
        self._ended = ended
        self._jobs: queue.SimpleQueue[tuple[Lane, Entry | None, Callable[[], Answer]] | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._under_way = 0
        self._lock = threading.Lock()

    def carry(self, lane: Lane, entry: Entry | None, deliver: Callable[[], Answer]) -> None:
        """Have it delivered by the next thread that is free."""
        with self._lock:
            self._under_way += 1
            if len(self._threads) < min(self._under_way, self._most):
                thread = threading.Thread(target=self._run, name=f"courier-{len(self._threads) + 1}", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._jobs.put((lane, entry, deliver))

    def stop(self) -> None:
        """End the threads, each after what it carries."""
        for _ in self._threads:
            self._jobs.put(None)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            lane, entry, deliver = job
            try:
                answer = deliver()
            except Exception as error:  # noqa: BLE001  (a defect in one channel, or with one message, stops no other)
                answer = Answer("refused", f"not sent: a defect of citylora ({type(error).__name__})")
            with self._lock:
                self._under_way -= 1
            self._ended(Done(lane, entry, answer))
