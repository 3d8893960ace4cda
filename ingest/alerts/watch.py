"""The life of an alert: a rule at one scope. Pure, and told of time by samples and watermarks alone.

    samples ──▶ buffer ──▶ (the watermark passes) ──▶ window ──▶ machine ──▶ intervals
                  │                                                 │
                  └─ head: what they will come to (prompt rules) ───┴──▶ told: firing ──▶ resolved

The watermark is the time up to which everything has been heard. Samples wait in the buffer until it has passed them,
and go on in the order of time: so the intervals, in which the rule was met, do not depend on the order of arrival.

What others are told is calmer than that. Once it is told that an alert is firing, it is told that it is over only after
that has lasted for `Trigger.settle`. When it comes again meanwhile it is the same alert, with one more swing; with two
it is flapping, and has to be over for longer. So there is never a firing after a firing.

A prompt rule fires when the sample arrives, ahead of the watermark. Its end waits for the watermark as all others' do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.alerts.alert import Interval, alert_id
from ingest.alerts.kept import Kept, Told, encode, key_of
from ingest.alerts.rule import Aggregate, Difference
from ingest.alerts.sample import place, remove
from ingest.alerts.signals.choice import window_of
from ingest.alerts.trigger import IDLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.alerts.alert import Change
    from ingest.alerts.rule import Scope
    from ingest.alerts.sample import Sample
    from ingest.alerts.trigger import State
    from ingest.alerts.watched import Watched

FLAPPING = 2
"""Swings from which on an alert is flapping."""

CALM = 1_800_000_000_000
"""ns for which a flapping alert has to be over."""

REMOVED = "rule_removed"
"""The cause of an end: the rule is no more."""

GONE = "gone"
"""Likewise: what it was about is no more."""

NAMED = 1_000
"""Devices that an alert names at most."""


class Log:
    """What watches say, in their order."""

    __slots__ = ("changes", "intervals", "joined")

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.intervals: list[Interval] = []
        self.joined: list[Change] = []


class Watch:
    """One rule at one scope.

    Attributes:
        last: the time that its machine has come to, ns UTC: an older sample comes too late for it.
        sources: whose samples it has; its watermark is of those.
        planned: at which watermark it comes up; 0: at none. Kept by `Clocks`.
        key: what it is stored under.
    """

    __slots__ = ("_buffer", "_told", "_watched", "_window", "key", "last", "planned", "scope", "sources", "state")

    def __init__(self, watched: Watched, scope: Scope) -> None:
        self._watched = watched
        self._window = window_of(watched.rule.signal)
        self._buffer: list[Sample] = []
        self._told: Told | None = None
        self.scope = scope
        self.key = key_of(watched.rule.id, scope)
        self.state = IDLE
        self.last = 0
        self.sources: frozenset[str] = frozenset()
        self.planned = 0

    @property
    def rule(self) -> str:
        """The rule's id."""
        return self._watched.rule.id

    @property
    def counts(self) -> bool:
        """Whether it needs every value, also while it is idle: its signal is worked out of several."""
        return self._window is not None

    @property
    def _about(self) -> tuple[str, Scope]:
        return self._watched.rule.id, self.scope

    @property
    def idle(self) -> bool:
        """Nothing is too much, nothing is told: another watch that has seen nothing would go on just so."""
        if self._told is not None or self.state.bits:
            return False
        too_much = self._watched.machine.too_much
        return self._window is not None or not any(too_much(sample.value) for sample in self._buffer)

    @property
    def filled(self) -> bool:
        """Whether it has counted anything that still counts."""
        return self._window is not None and (bool(self._buffer) or self._window.pack() is not None)

    @property
    def joint(self) -> bool:
        """Whether its samples may be of several sources at once, that are waited for together."""
        return isinstance(self._watched.rule.signal, Aggregate | Difference)

    def wake(self, samples: Sequence[Sample]) -> None:
        """Begin with what is not settled of its scope: nothing is known of it so far, since nothing was too much."""
        self._buffer = list(samples)

    def put(self, sample: Sample, log: Log) -> bool:
        """Take a sample; whether it came in time."""
        if sample.time < self.last:
            return False
        place(self._buffer, sample)
        if self._watched.prompt and self._told is None:
            self._look_ahead(sample, log)
        return True

    def take_back(self, time: int, device: str, member: str = "") -> bool:
        """Forget a sample that the watermark has not passed; whether there was one."""
        return remove(self._buffer, time, device, member)

    def due(self) -> int:
        """The watermark at which `settle` has something to do; 0: none."""
        found = [self._buffer[0].time + 1] if self._buffer else []
        state, told = self.state, self._told
        if self._window is not None and (soon := self._window.due()):
            found.append(soon)
        if state.since and not state.met:
            found.append(state.since + self._watched.machine.hold)
        if told is not None and not state.since:
            found.append((told.over + self._settling(told) if told.over else told.opened) + 1)
        return min(found, default=0)

    def settle(self, watermark: int, log: Log) -> None:
        """Go on to a watermark: everything before it has been heard."""
        buffer, window = self._buffer, self._window
        while True:
            soon = window.due() if window is not None else 0
            if window is not None and 0 < soon <= watermark and not (buffer and buffer[0].time < soon):
                self._take(soon, window.at(soon), (), log)
            elif buffer and buffer[0].time < watermark:
                sample = buffer.pop(0)
                value = sample.value if window is None else window.push(sample)
                self._take(sample.time, value, sample.devices or (sample.device,), log)
            else:
                break
        told = self._told
        if told is not None and not told.over and not self.state.met and watermark > told.opened:
            told.over = self._now()  # what it was told of was taken back since
        self._pass(watermark, log)
        if self._told is None and buffer and self._watched.prompt:
            self._look_ahead(buffer[-1], log)

    def reset(self) -> None:
        """Begin anew, and go on with what is told."""
        self._window = window_of(self._watched.rule.signal)
        self._buffer, self.state = [], IDLE

    def end(self, cause: str, log: Log) -> None:
        """It is over, for another reason than its values."""
        if self.state.met:
            log.intervals.append(Interval(self._watched.rule.id, self.scope.key, self.state.since, self._now()))
        if self._told is not None:
            log.changes.append(self._told.change(self._about, "resolved", self._now(), cause))
        self.state, self._told = IDLE, None
        self._buffer.clear()

    def _now(self) -> int:
        """A time at which it can have been over: not before it began."""
        return max(self.last, self.state.since, 0 if self._told is None else self._told.opened)

    def _take(self, time: int, value: float | None, devices: tuple[str, ...], log: Log) -> None:
        """A value of the signal, in the order of time."""
        self._pass(time, log)
        self.last = time
        if value is not None:
            self._become(self._watched.machine.step(self.state, time, value), time, devices, log)

    def _pass(self, now: int, log: Log) -> None:
        """Time goes on, and nothing was heard: it is too much for long enough, or over for long enough."""
        self._become(self._watched.machine.wait(self.state, now), now, (), log)
        told = self._told
        if told is not None and told.over and not self.state.since and now > told.over + self._settling(told):
            if self._watched.prompt and self._ahead().met:
                return  # it has come again, and the watermark will say so
            log.changes.append(told.change(self._about, "resolved", told.over))
            self._told = None

    def _become(self, state: State, time: int, devices: tuple[str, ...], log: Log) -> None:
        before, self.state = self.state, state
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
            told.over = 0
            told.swings += 1
        told.extreme = self._watched.machine.worse(state.worst, told.extreme)
        new = [device for device in devices if device and device not in told.devices]
        if new:
            told.devices = (*told.devices, *new)[:NAMED]
            log.joined.append(told.change(self._about, "firing", told.opened))

    def _look_ahead(self, sample: Sample, log: Log) -> None:
        """Whether it fires by what is known now, before the watermark."""
        state = self._ahead()
        if state.met:
            self._fire(state, (sample.device,), log)

    def _ahead(self) -> State:
        """What the machine will come to by the samples that wait."""
        machine, state = self._watched.machine, self.state
        for one in self._buffer:
            state = machine.step(state, one.time, one.value)
        return state

    def _fire(self, state: State, devices: tuple[str, ...], log: Log) -> None:
        rule = self._watched.rule
        if self._window is not None:
            devices += self._window.devices()
        named = tuple(dict.fromkeys(device for device in devices if device))[:NAMED]
        opened = state.since
        self._told = Told(alert_id(rule.id, self.scope, opened), rule.severity, opened, state.value, state.worst, named)
        log.changes.append(self._told.change(self._about, "firing", opened))

    def _settling(self, told: Told) -> int:
        settle = self._watched.rule.trigger.settle
        return max(settle, CALM) if told.swings >= FLAPPING else settle

    def pack(self) -> bytes:
        """What `resume` goes on from."""
        watched, window = self._watched, None if self._window is None else self._window.pack()
        return encode(
            Kept(
                watched.rule.id,
                self.scope,
                sorted(self.sources),
                watched.looks,
                watched.judges,
                self.last,
                self.state,
                self._told,
                self._buffer,
                window,
            )
        )

    def resume(self, kept: Kept, log: Log) -> None:
        """Go on from what was stored. A rule that has changed since begins anew; what fires goes on if it still would.

        Args:
            kept: of this rule and scope, as it was then.
            log: told of what the change has ended.
        """
        self.sources = frozenset(kept.sources)
        self.last, self.state, self._told = kept.last, kept.state, kept.told
        same = kept.looks == self._watched.looks
        if same:
            self._buffer = kept.buffer
            if self._window is not None and kept.window is not None:
                self._window.load(kept.window)
        if same and kept.judges == self._watched.judges:
            return
        machine = self._watched.machine
        if same and self.state.met and machine.too_much(self.state.value):
            self.state = machine.met(self.state)
            return
        if self.state.met:
            log.intervals.append(Interval(self._watched.rule.id, self.scope.key, self.state.since, self._now()))
            if self._told is not None and not self._told.over:
                self._told.over = self._now()
        self.state = IDLE


def removed(kept: Kept, log: Log) -> None:
    """End what fires of a rule that is no more."""
    now = max(kept.last, kept.state.since, 0 if kept.told is None else kept.told.opened)
    if kept.state.met:
        log.intervals.append(Interval(kept.rule, kept.scope.key, kept.state.since, now))
    if kept.told is not None:
        log.changes.append(kept.told.change((kept.rule, kept.scope), "resolved", now, REMOVED))
