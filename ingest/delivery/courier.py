"""Carries what waits in the outbox to the endpoints: its own threads, its own connection to alerts.db.

    one thread looks at the outbox ──▶ lanes, one message of an endpoint in each ──▶ answers ──▶ the same thread writes

Each endpoint has at most one message under way, so that a kill repeats at most one at each, with the same id and body.
None waits for another: there is a lane for each, up to `LANES`. When something is sent again is said in `schedule`.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import deque
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from ingest.alerts import outbox
from ingest.delivery import schedule
from ingest.delivery.channel import Refreshing
from ingest.delivery.channels import channel_of
from ingest.delivery.clock import Clock
from ingest.delivery.guard import resolve
from ingest.delivery.lanes import Done, Lane, Pool
from ingest.sqlite import on_disk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ingest.alerts.outbox import EndpointState
    from ingest.config.endpoints import AnyEndpoint
    from ingest.delivery.guard import Resolve

LANES = 64
"""Deliveries under way at once, each to another endpoint."""

LOOK = 1.0
"""Seconds after which the outbox is looked at without having been woken."""

REFRESH = 180_000_000_000
"""ns after which an endpoint that forgets is told again what fires."""

EXPIRE = 3600.0
"""Seconds between two looks for what has waited for too long."""

CUT = 1.0
"""Seconds for what was cut at the end to say so."""


Kind: TypeAlias = Literal["failing", "refused", "recovered", "disabled", "expired"]


class Trouble(NamedTuple):
    """Something that a person may have to hear of.

    Attributes:
        endpoint: whose it is; "" where the outbox itself cannot be used.
        kind: `failing`: it takes nothing now (told at each attempt); `refused`: it did not take a message; `recovered`:
            it takes messages again; `disabled`: it wants none any more; `expired`: messages were given up.
        words: the cause, without secrets.
    """

    endpoint: str
    kind: Kind
    words: str


class Courier:
    """Sends from `start` to `stop`.

    Args:
        opened: opens alerts.db, in the courier's own thread.
        endpoints: by name, `<department>/<its own name>`.
        now: wall clock, ns UTC.
        on_trouble: told by the courier's own thread; what it raises ends that.
        look_up: names to addresses; tests bring their own.
    """

    def __init__(
        self,
        opened: Callable[[], sqlite3.Connection],
        endpoints: Mapping[str, AnyEndpoint],
        now: Callable[[], int] = time.time_ns,
        on_trouble: Callable[[Trouble], None] = lambda _trouble: None,
        look_up: Resolve = resolve,
    ) -> None:
        self._open = opened
        self._wanted = dict(endpoints)
        self._now = now
        self._on_trouble = on_trouble
        self._resolve = look_up
        self._lanes: dict[str, Lane] = {}
        self._answers: deque[Done] = deque()
        self._changed = threading.Condition()
        self._woken = True
        self._stopping: float | None = None
        self._clock = Clock()
        self._expired = 0.0
        self._pool = Pool(LANES, self._ended)
        self._guard: Callable[[Callable[[], None]], None] = lambda run: run()
        self._thread = threading.Thread(target=lambda: self._guard(self._run), name="courier", daemon=True)

    def start(self, guard: Callable[[Callable[[], None]], None] | None = None) -> None:
        """Begin to send.

        Args:
            guard: runs what it is given, and sees to it that nobody overlooks what that raises.
        """
        self._guard = guard or self._guard
        self._thread.start()

    def wake(self) -> None:
        """There is something new in the outbox; any thread may say so."""
        with self._changed:
            self._woken = True
            self._changed.notify()

    def use(self, endpoints: Mapping[str, AnyEndpoint]) -> None:
        """Send to these from now on; what waits for others waits."""
        self._wanted = dict(endpoints)
        self.wake()

    def stop(self, timeout: float) -> None:
        """Begin nothing more, and end; what is under way has so many seconds, and is cut then."""
        with self._changed:
            self._stopping = time.monotonic() + timeout
            self._changed.notify()
        self._thread.join(timeout + 2 * CUT)

    def status(self) -> dict[str, dict[str, Any]]:
        """How each endpoint is.

        `failures` in a row, `since` when (ns UTC), `disabled` and why, the last `answer`, and `counts` of deliveries
        since the start, by how they ended.
        """
        return {
            name: {
                "disabled": lane.state.disabled,
                "failures": lane.state.failures,
                "since": lane.state.since,
                "answer": lane.words,
                "counts": dict(lane.counts),
            }
            for name, lane in list(self._lanes.items())
        }

    def _run(self) -> None:
        with closing(self._open()) as db:
            while self._stopping is None or self._goes_on():
                try:
                    rest = self._turn(db)
                except (OSError, sqlite3.Error) as error:  # a full disk: what was answered is written when it can be
                    self._on_trouble(Trouble("", "failing", f"the outbox cannot be used: {error}"))
                    time.sleep(0.1 if self._stopping is not None else LOOK)
                else:
                    self._wait(rest)
        self._pool.stop()
        for lane in self._lanes.values():
            lane.channel.close()

    def _goes_on(self) -> bool:
        """At the end: whether something is under way still, or answered and not written; cut when its time is up."""
        late = time.monotonic() - (self._stopping or 0.0)
        busy = [lane for lane in self._lanes.values() if lane.busy]
        if late > 0:
            for lane in busy:
                lane.channel.cut()
        return bool(busy) and late < CUT

    def _wait(self, seconds: float) -> None:
        with self._changed:
            if not (self._woken or self._answers):
                self._changed.wait(seconds if self._stopping is None else 0.1)

    def _ended(self, done: Done) -> None:
        with self._changed:
            self._answers.append(done)
            self._changed.notify()

    def _turn(self, db: sqlite3.Connection) -> float:
        """Do what is to be done now; gives the seconds until there may be more."""
        now, at = self._now(), time.monotonic()
        self._follow(db, now, at)
        self._settle(db, now)
        with self._changed:
            woken, self._woken = self._woken, False
        if self._stopping is not None:
            return LOOK
        self._expire(db, now, at)
        if woken:
            self._arrange(db)
        rests = [LOOK]
        for lane in self._lanes.values():
            if not lane.busy and (woken or lane.look_at <= at):
                lane.look_at = at + self._next(db, lane, now)
                rests.append(lane.look_at - at)
        return min(rests)

    def _follow(self, db: sqlite3.Connection, now: int, at: float) -> None:
        """A clock that is set back holds up nobody."""
        by = self._clock.step(now, at)
        if by:
            with on_disk(db):
                outbox.clock_set(db, now)
                if by < 0:
                    outbox.shift(db, by)
            for lane in self._lanes.values():
                lane.look_at = 0.0
        self._clock.seen(now, at, outbox.clock_was_set(db) if self._clock.begins else 0)

    def _arrange(self, db: sqlite3.Connection) -> None:
        """Have a lane for each endpoint that there is now; one that is other than before gets another channel."""
        wanted = self._wanted
        for name, lane in list(self._lanes.items()):
            if wanted.get(name) != lane.settings and not lane.busy:
                lane.channel.close()
                del self._lanes[name]
        for name in wanted.keys() - self._lanes.keys():
            channel = channel_of(wanted[name], self._resolve)
            self._lanes[name] = Lane(name, wanted[name], channel, outbox.state_of(db, name))

    def _next(self, db: sqlite3.Connection, lane: Lane, now: int) -> float:
        """Begin what this endpoint is to get now; gives the seconds until to look again."""
        lane.state = outbox.state_of(db, lane.name)
        if lane.state.disabled:
            return LOOK
        rest = schedule.left(lane.state.due, now)
        if not rest:
            found = outbox.next_due(db, lane.name)
            rest = schedule.left(found[1], now) if found else schedule.SECOND
            if found and not rest:
                self._deliver(db, lane, found[0])
            elif isinstance(lane.channel, Refreshing) and not 0 <= now - lane.refreshed < REFRESH:
                self._refresh(db, lane, now)
        return min(LOOK, rest / schedule.SECOND)

    def _deliver(self, db: sqlite3.Connection, lane: Lane, seq: int) -> None:
        entry = outbox.entry(db, seq)
        if entry is not None:
            lane.busy = True
            self._pool.carry(lane, entry, partial(lane.channel.deliver, entry.message))

    def _refresh(self, db: sqlite3.Connection, lane: Lane, now: int) -> None:
        lane.refreshed = now
        told = outbox.last_told(db, lane.name)
        if told and isinstance(lane.channel, Refreshing):
            lane.busy = True
            self._pool.carry(lane, None, partial(lane.channel.refresh, told))

    def _settle(self, db: sqlite3.Connection, now: int) -> None:
        """Write down what was answered. Until that is on disk the lane stays busy, so that nothing is sent again."""
        answered = list(self._answers)
        if not answered:
            return
        with on_disk(db):
            decided = [self._record(db, one, now) for one in answered]
        for one, state in zip(answered, decided, strict=True):
            self._answers.popleft()
            self._report(one, state)

    def _record(self, db: sqlite3.Connection, done: Done, now: int) -> EndpointState:
        lane, entry, answer = done
        state, seq = outbox.state_of(db, lane.name), entry.seq if entry else 0
        then = schedule.after(answer, state, now, attempts=entry.attempts if entry else 0, refused=lane.refused)
        if then.endpoint != state:
            outbox.set_state(db, then.endpoint)
        if entry and answer.kind == "delivered":
            outbox.done(db, seq, "delivered", answer.words, now)
        elif entry:
            outbox.failed(db, seq, answer.words, then.due)
        return then.endpoint

    def _report(self, done: Done, state: EndpointState) -> None:
        lane, answer, before = done.lane, done.answer, done.lane.state
        lane.busy, lane.look_at, lane.state, lane.words = False, 0.0, state, answer.words
        lane.counts[answer.kind] = lane.counts.get(answer.kind, 0) + 1
        if lane.settings != self._wanted.get(lane.name):
            self._woken = True
        refused, lane.refused = lane.refused, schedule.in_a_row(answer, lane.refused)
        if answer.kind == "delivered":
            if before.failures > refused:
                lane.refreshed = 0
                self._on_trouble(Trouble(lane.name, "recovered", answer.words))
            return
        kind = _KINDS[answer.kind]
        about = f"message {done.entry.message.id}: " if done.entry and kind == "refused" else ""
        self._on_trouble(Trouble(lane.name, kind, about + answer.words))

    def _expire(self, db: sqlite3.Connection, now: int, at: float) -> None:
        if not self._clock.steady(at) or at < self._expired:
            return
        with on_disk(db):
            given_up = outbox.expire(db, now)
        self._expired = at + EXPIRE
        for name, count in given_up.items():
            self._on_trouble(Trouble(name, "expired", f"messages have waited for 14 days, and are given up: {count}"))


_KINDS: Mapping[str, Kind] = {"later": "failing", "refused": "refused", "gone": "disabled"}
