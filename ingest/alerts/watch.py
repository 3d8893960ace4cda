"""The life of an alert: a rule at one scope. Pure, and told of time by samples and watermarks alone.

    samples ──▶ buffer ──▶ (the watermark passes) ──▶ window ──▶ machine ──▶ intervals
                  │                                                 │
                  └─ head: what they will come to (prompt rules) ───┴──▶ told: firing ──▶ resolved

The watermark is the time up to which everything has been heard. Samples wait in the buffer until it has passed them,
and go on in the order of time: so the intervals, in which the rule was met, do not depend on the order of arrival.

What others are told is calmer than that. Once it is told that an alert is firing, it is told that it is over only after
that has lasted for `Trigger.settle`. When it comes again meanwhile it is the same alert, with one more swing; with two
it is flapping, and has to be over for longer; so has the third one in a few hours (`openings`). So there is never a
firing after a firing. Where no value comes for `Rule.forget` nobody knows any more whether it is over: it ends by that.

A prompt rule fires when the sample arrives, ahead of the watermark. Its end waits for the watermark as all others' do.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ingest.alerts.alert import Interval
from ingest.alerts.kept import Kept, encode
from ingest.alerts.life import Life
from ingest.alerts.log import CHANGED, CLOSED
from ingest.alerts.rule import Aggregate, Difference
from ingest.alerts.sample import place, remove
from ingest.alerts.signals.choice import window_of
from ingest.alerts.trigger import IDLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.alerts.log import Log
    from ingest.alerts.rule import Scope
    from ingest.alerts.sample import Sample
    from ingest.alerts.trigger import State
    from ingest.alerts.watched import Watched


_together = lru_cache(maxsize=1024)(lambda *sources: frozenset(sources))
"""Nearly all watches of a city are of one and the same source."""


class Watch(Life):
    """One rule at one scope.

    Attributes:
        sources: whose samples it has; its watermark is of those.
        planned: at which watermark it comes up; 0: at none. Kept by `Clocks`.
        hushed: somebody has closed its alert, or its device is gone: nothing is too much until it is heard again.
    """

    __slots__ = ("_buffer", "_window", "hushed", "planned", "sources")

    def __init__(self, watched: Watched, scope: Scope) -> None:
        super().__init__(watched, scope)
        self._window = window_of(watched.rule.signal)
        self._buffer: list[Sample] = []
        self.sources: frozenset[str] = frozenset()
        self.planned = 0
        self.hushed = False

    @property
    def counts(self) -> bool:
        """Whether it needs every value, also while it is idle: its signal is worked out of several."""
        return self._window is not None

    @property
    def idle(self) -> bool:
        """Nothing is too much, nothing is told: another watch that has seen nothing would go on just so."""
        if self._told is not None or self.state.bits or self.hushed:
            return False
        too_much = self._watched.machine.too_much
        return self._window is not None or not any(too_much(sample.value) for sample in self._buffer)

    @property
    def filled(self) -> bool:
        """Whether it has counted anything that still counts."""
        return self._window is not None and (bool(self._buffer) or self._window.pack() is not None)

    @property
    def prompt(self) -> bool:
        """Whether a sample may change more than what waits."""
        return self._watched.prompt

    @property
    def joint(self) -> bool:
        """Whether its samples may be of several sources at once, that are waited for together."""
        return isinstance(self._watched.rule.signal, Aggregate | Difference)

    def wake(self, samples: Sequence[Sample]) -> None:
        """Begin with what is not settled of its scope: nothing is known of it so far, since nothing was too much."""
        self._buffer = [sample for sample in samples if sample.time >= self.last]

    def put(self, sample: Sample, log: Log) -> bool:
        """Take a sample; whether it came in time."""
        if sample.time < self.last:
            return False
        if self.hushed:
            if self._watched.machine.too_much(sample.value):
                return True
            self.hushed = False
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
            found.append((told.settled(self._watched.rule.trigger.settle) if told.over else told.opened) + 1)
        if lost := self._lost_at():
            found.append(lost + 1)
        return min(found, default=0)

    def settle(self, watermark: int, log: Log) -> None:
        """Go on to a watermark: everything before it has been heard."""
        buffer, window = self._buffer, self._window
        while True:
            soon = window.due() if window is not None else 0
            if window is not None and 0 < soon <= watermark and not (buffer and buffer[0].time < soon):
                value = window.at(soon)
                self._take(soon, value if self._is_heard(soon) else None, (), log)
            elif buffer and buffer[0].time < watermark:
                sample = buffer.pop(0)
                value = sample.value if window is None else window.push(sample)
                self._take(sample.time, value, sample.devices or (sample.device,), log, heard=True)
            else:
                break
        told = self._told
        if told is not None and not told.over and not self.state.met and watermark > told.opened:
            told.over = self._now()  # what it was told of was taken back since
        self._pass(watermark, log)
        if self._told is None and buffer and self._watched.prompt:
            self._look_ahead(buffer[-1], log)

    def reset(self, log: Log) -> None:
        """Begin anew, and go on with what is told."""
        self._waits(self.state, IDLE, self._now(), log)
        self._window = window_of(self._watched.rule.signal)
        self._buffer, self.state = [], IDLE

    def end(self, cause: str, log: Log) -> None:
        """It is over, for another reason than its values; what waits counts no more."""
        self._leave_ahead(log)
        super().end(cause, log)
        self._buffer.clear()

    def close(self, log: Log, now: int, by: str, why: str) -> None:
        """Somebody says that it is over. What is still so at the next sample is another alert.

        Args:
            log: told of it.
            now: when, ns UTC.
            by: who.
            why: in words.
        """
        self._leave_ahead(log)
        self._break_off(self._now(), log)
        if self._told is not None:
            over = max(now, self._told.opened)
            change = self._told.change(self._about, "resolved", over, CLOSED)
            log.changes.append(replace(change, closed_by=by, closed_why=why))
        self._told = None
        if self._watched.prompt and self._buffer:  # it may have opened by one of them, which has its id
            self.last = self._buffer[-1].time + 1
            self._buffer.clear()
        if self.openings:
            self.openings = (*self.openings[:-1], max(self.openings[-1], self.last - 1))

    def _leave_ahead(self, log: Log) -> None:
        """What has opened it is ahead of the watermark, which will never come to it: that was so all the same."""
        told = self._told
        if self._watched.prompt and told is not None and not told.over and not self.state.met:
            times = [sample.time for sample in self._buffer if sample.time >= told.opened]
            if times:  # else it was taken back
                log.intervals.append(Interval(self._watched.rule.id, self.scope.key, told.opened, times[-1]))

    def _look_ahead(self, sample: Sample, log: Log) -> None:
        """Whether it fires by what is known now, before the watermark."""
        state = self._ahead()
        if state.met:
            self._fire(state, (sample.device,), log)

    def _comes_again(self) -> bool:
        return self._watched.prompt and self._ahead().met

    def _others(self) -> Sequence[str]:
        return () if self._window is None else self._window.devices()

    def _ahead(self) -> State:
        """What the machine will come to by the samples that wait."""
        machine, state = self._watched.machine, self.state
        for one in self._buffer:
            state = machine.step(state, one.time, one.value)
        return state

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
                self.heard,
                self.known,
                self.grace,
                self.hushed,
                self.openings,
                watched.signal,
                watched.rule.severity,
            )
        )

    def resume(self, kept: Kept, log: Log) -> None:
        """Go on from what was stored. A rule that has changed since begins anew; what fires goes on if it still would.

        One that looks at the same at other places goes on where it still looks, and ends where it does not.

        Args:
            kept: of this rule and scope, as it was then.
            log: told of what the change has ended.
        """
        self.sources = _together(*kept.sources)
        self.last, self._told = max(self.last, kept.last), kept.told
        self.state = IDLE if kept.state == IDLE else kept.state
        self.heard, self.known = kept.heard or kept.last, kept.known or kept.last
        self.grace, self.hushed = kept.grace, kept.hushed
        self.openings = max(self.openings, kept.openings, key=lambda one: one[-1:])  # what was idle is stored later
        same = kept.looks == self._watched.looks
        there = same or self._watched.looks_at(self.scope)
        same = same or (there is True and kept.signal == self._watched.signal)
        if there is False and not (self._told is not None and self._told.over):
            self.end(CHANGED, log)
            return
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
        self._waits(self.state, IDLE, self._now(), log)
        self.state = IDLE
