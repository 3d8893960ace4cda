"""What a rule has come to at one scope by the samples so far: the machine, its intervals, what others are told of it.

    values, in the order of time ──▶ machine ──▶ intervals
                                        │
                                        └─────▶ told: firing ──▶ resolved

Nothing here knows of samples that wait: that is the watch's (`watch`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from ingest.alerts.alert import Interval, Waiting, alert_id
from ingest.alerts.kept import FLAPPING, Told, key_of
from ingest.alerts.log import NO_DATA, REMOVED
from ingest.alerts.openings import OFTEN, least
from ingest.alerts.trigger import IDLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.alerts.kept import Kept
    from ingest.alerts.log import Log
    from ingest.alerts.rule import Scope
    from ingest.alerts.trigger import State
    from ingest.alerts.watched import Watched

NAMED = 1_000
"""Devices that an alert names at most."""


class Life(ABC):
    """One rule at one scope, as of the last value.

    Attributes:
        last: the time that its machine has come to, ns UTC: an older sample comes too late for it.
        heard: the time of the last sample that the machine has had.
        known: likewise, of the last value of the signal.
        grace: the watermark at which the last sample came that was late.
        openings: when its last alerts opened, in the order of time.
        key: what it is stored under.
    """

    __slots__ = ("_told", "_watched", "grace", "heard", "key", "known", "last", "openings", "scope", "state")

    def __init__(self, watched: Watched, scope: Scope) -> None:
        self._watched = watched
        self._told: Told | None = None
        self.scope = scope
        self.key = key_of(watched.rule.id, scope)
        self.state = IDLE
        self.last = self.heard = self.known = self.grace = 0
        self.openings: tuple[int, ...] = ()

    @property
    def rule(self) -> str:
        """The rule's id."""
        return self._watched.rule.id

    @property
    def alert(self) -> str:
        """The id of the alert that fires; "" where none does."""
        return "" if self._told is None else self._told.alert

    @property
    def _about(self) -> tuple[str, Scope]:
        return self._watched.rule.id, self.scope

    def remember(self, openings: tuple[int, ...]) -> None:
        """It is new, and its scope had alerts before: what opened the last one is not to open one again."""
        self.openings = openings
        self.last = openings[-1] + 1 if openings else 0

    @abstractmethod
    def _comes_again(self) -> bool:
        """Whether what is over is met again by what is known ahead of the watermark."""

    @abstractmethod
    def _others(self) -> Sequence[str]:
        """Devices whose readings it is of, beside the last sample's."""

    def end(self, cause: str, log: Log) -> None:
        """It is over, for another reason than its values."""
        self._break_off(self._now(), log)
        if self._told is not None:
            log.changes.append(self._told.change(self._about, "resolved", self._now(), cause))
        self._told = None

    def _break_off(self, until: int, log: Log) -> None:
        """The rule is met no more, as far as anybody knows."""
        if self.state.met:
            log.intervals.append(Interval(self._watched.rule.id, self.scope.key, self.state.since, until))
        self._waits(self.state, IDLE, until, log)
        self.state = IDLE

    def _waits(self, before: State, after: State, time: int, log: Log) -> None:
        """It begins to be pending, or is so no more; what fires already is not."""
        if self._told is not None:
            return
        was = 0 if before.met else before.since
        now = 0 if after.met else after.since
        if was == now:
            return
        rule = self._watched.rule
        if after.met:
            time = min(time, was + self._watched.machine.hold)  # whenever that was looked at
        for since, pending in ((was, False), (now, True)):
            if since:
                alert, value = alert_id(rule.id, self.scope, since), (after if after.since else before).value
                at = time if pending else max(time, since + 1)  # two rows of one time would be one
                log.waiting.append(Waiting(alert, rule.id, self.scope, rule.severity, since, at, value, pending))

    def _now(self) -> int:
        """A time at which it can have been over: not before it began."""
        return max(self.last, self.state.since, 0 if self._told is None else self._told.opened)

    def _take(self, time: int, value: float | None, devices: tuple[str, ...], log: Log, *, heard: bool = False) -> None:
        """A value of the signal, in the order of time; `heard`: a sample has given it."""
        self._pass(time, log)
        self.last = time
        if heard:
            self.heard = time
        if value is not None:
            self.known = time
            self._become(self._watched.machine.step(self.state, time, value), time, devices, log)

    def _pass(self, now: int, log: Log) -> None:
        """Time goes on, and nothing was heard: it is lost where that lasts for too long."""
        if self._told is None and not self.state.since:
            return
        lost = self._lost_at()
        if lost and now > lost:
            self._wait(lost, log)
            self._lose(log)
        self._wait(now, log)

    def _wait(self, now: int, log: Log) -> None:
        """It is too much for long enough, or over for long enough."""
        self._become(self._watched.machine.wait(self.state, now), now, (), log)
        told = self._told
        if told is None or not told.over or self.state.since:
            return
        if now > told.settled(self._watched.rule.trigger.settle):
            if not told.cause and self._comes_again():
                return  # the watermark will say so
            log.changes.append(told.change(self._about, "resolved", told.over, told.cause))
            self._told = None

    def _lost_at(self) -> int:
        """When nobody knows any more whether it is too much, ns UTC, if nothing is heard until then; 0: never."""
        forget, told = self._watched.forget, self._told
        fires = told is not None and not told.over
        if not forget or not (fires or self.state.since):
            return 0
        opened = told.opened if told is not None and self._watched.prompt else 0
        return max(min(self.heard, self.known), self.grace, opened) + forget

    def _lose(self, log: Log) -> None:
        since, told = self.state.since, self._told
        until = max(min(self.heard, self.known), since)
        self._break_off(until, log)
        if told is not None and not told.over:
            told.over, told.cause = max(until, told.opened), NO_DATA

    def _is_heard(self, time: int) -> bool:
        """Whether a value says anything that is worked out at a time without a sample."""
        return not self._watched.forget or time <= max(self.heard, self.grace) + self._watched.forget

    def _become(self, state: State, time: int, devices: tuple[str, ...], log: Log) -> None:
        before, self.state = self.state, state
        self._waits(before, state, time, log)
        if state.met:
            if not before.met:
                log.intervals.append(Interval(self._watched.rule.id, self.scope.key, state.since))
            self._on(state, devices, log)
        elif before.met:
            log.intervals.append(Interval(self._watched.rule.id, self.scope.key, before.since, time))
            # A prompt alert may have been opened by a later sample: this end is of something before it.
            if self._told is not None and not self._told.over and time >= self._told.opened:
                self._told.over, self._told.value = time, state.value

    def _on(self, state: State, devices: tuple[str, ...], log: Log) -> None:
        told = self._told
        if told is None:
            self._fire(state, devices, log)
            return
        if told.over:
            told.over, told.cause = 0, ""
            told.swings += 1
        told.extreme = self._watched.machine.worse(state.worst, told.extreme)
        new = [device for device in devices if device and device not in told.devices]
        if new:
            told.devices = (*told.devices, *new)[:NAMED]
            log.joined.append(told.change(self._about, "firing", told.opened))

    def _fire(self, state: State, devices: tuple[str, ...], log: Log) -> None:
        rule = self._watched.rule
        named = tuple(dict.fromkeys(device for device in (*devices, *self._others()) if device))[:NAMED]
        opened = state.since
        self._told = Told(alert_id(rule.id, self.scope, opened), rule.severity, opened, state.value, state.worst, named)
        self._told.least = least(self.openings, opened)
        self._told.swings = FLAPPING if self._told.least else 0
        self.openings = (*self.openings, opened)[-OFTEN:]
        log.changes.append(self._told.change(self._about, "firing", opened))


def removed(kept: Kept, log: Log) -> None:
    """End what fires of a rule that is no more."""
    now = max(kept.last, kept.state.since, 0 if kept.told is None else kept.told.opened)
    since = kept.state.since
    if kept.state.met:
        log.intervals.append(Interval(kept.rule, kept.scope.key, since, now))
    elif since and kept.told is None:
        alert, at = alert_id(kept.rule, kept.scope, since), max(now, since + 1)
        about = alert, kept.rule, kept.scope, kept.severity
        log.waiting.append(Waiting(*about, since, at, kept.state.value, pending=False))
    if kept.told is not None:
        log.changes.append(kept.told.change((kept.rule, kept.scope), "resolved", now, REMOVED))
