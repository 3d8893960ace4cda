"""Rules at work: events and the clock in, what has changed out. Pure: no file, no clock of its own.

    Heard ──▶ index ──▶ watches ──┐
      └─────▶ presence ───────────┼──▶ Effects: changes, intervals, states, counts
    Tick ───▶ health, watermarks ─┘

What a watch is and does is said in `watch.py`; here is only who is asked when. The same events in the same order give
the same effects, on any machine and at any time: the wall clock comes in by `Tick` alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.alerts import endings
from ingest.alerts.clocks import MADE, NEWS, Clocks
from ingest.alerts.effects import Effects, Pending
from ingest.alerts.index import Index
from ingest.alerts.log import GONE, MOVED, Log
from ingest.alerts.rule import Errors, Scope
from ingest.alerts.sample import Sample
from ingest.alerts.signals import errors
from ingest.alerts.signals.field import scope_of, takes
from ingest.alerts.signals.health import SOURCE, HealthRules
from ingest.alerts.signals.silence import SilenceRules
from ingest.alerts.watched import Watched
from ingest.alerts.watches import Watches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet
    from datetime import tzinfo

    from ingest.alerts.clocks import Source
    from ingest.alerts.found import Found
    from ingest.alerts.heard import Heard, Tick
    from ingest.alerts.index import Lane, Table
    from ingest.alerts.rule import Rule
    from ingest.alerts.watch import Watch
    from ingest.decoding.point import Point

TOO_LATE = "alerts.too_late"
"""Counts values that a rule looks at, and that came after the watermark."""


class Engine:
    """All rules.

    Args:
        rules: those that are on.
        zone: whose days and hours rules mean.
        states: what `Effects.states` gave before; rules that have changed since begin anew.

    Raises:
        ValueError: a rule's trigger makes no sense.
    """

    def __init__(self, rules: Sequence[Rule], zone: tzinfo, states: Mapping[str, bytes] | None = None) -> None:
        watched = {rule.id: Watched(rule, zone) for rule in rules}
        self._log = Log()
        self._clocks = Clocks()
        self._watches = Watches()
        self._watches.restore(states or {}, watched, self._log)
        for watch in self._watches:
            self._clocks.plan(watch)
        self._index = Index(tuple(watched.values()), self._watches)
        self._errors = [one for one in watched.values() if isinstance(one.rule.signal, Errors)]
        self._health = HealthRules(watched.values(), self._watches)
        self._silence = SilenceRules(watched.values(), states or {})
        self._clocks.restore(states or {})
        self._retired: AbstractSet[str] = frozenset()
        self._too_late = 0
        self._failed: dict[str, str] = {}

    def take(self, heard: Sequence[Heard]) -> None:
        """Take a batch of events, in the order of the journal."""
        tables, listens = self._index.tables, bool(self._silence)
        for one in heard:
            source = self._clocks.hear(one.source, one.received_at)
            if listens:
                self._silences(self._silence.hear(one))
            if self._errors and errors.failed(one):
                self._error(one, source)
            for point in one.points:
                table = tables.get(point.measurement)
                if table is None:
                    continue
                if table.made:
                    self._row(point, table, self._clocks.hear(table.name, one.received_at))
                else:
                    self._row(point, table, source)
        self._go_on()

    def tick(self, tick: Tick) -> None:
        """Time goes on."""
        self._clocks.tick(tick.now, tick.live)
        if tick.retired is not self._retired:
            self._retired = tick.retired
            for watch in endings.retire(self._watches, self._silence.of_devices, tick.retired, self._log):
                self._changed(watch)
        health = self._clocks.source(SOURCE)
        for watched, scope, value in self._health.numbers(tick.health):
            if value is None:
                self._gone(watched, scope)
            else:
                self._sample(watched, scope, Sample(tick.now, "", value), health)
        health.watermark = max(health.watermark, tick.now + 1)
        self._go_on()

    def close(self, alerts: AbstractSet[str], by: str, why: str, now: int) -> set[str]:
        """Somebody says that alerts are over, `now` (ns UTC); which of them fired, by their ids."""
        found = endings.close(self._watches, self._silence.all, alerts, endings.Said(by, why, now), self._log)
        for watch in found.values():
            self._changed(watch)
        return set(found)

    def effects(self) -> Effects:
        """What has changed since it was asked last."""
        states = self._watches.take_states(self._clocks.newest)
        states.update(self._silence.take_states())
        if self._watches.any_stored:
            states.update(self._clocks.take_states())
        counts = {TOO_LATE: self._too_late} if self._too_late else {}
        changes, waiting = self._log.ordered()
        over = {one.alert for one in changes if one.phase == "resolved"}
        joined = [one for one in self._log.joined if one.alert not in over]
        found = Effects(changes, self._log.intervals, states, counts, self._failed, joined, waiting)
        self._log, self._failed, self._too_late = Log(), {}, 0
        return found

    def pending(self) -> list[Pending]:
        """What is too much, but not for long enough yet, as of the watermarks."""
        return [
            Pending(watch.rule, watch.scope, watch.state.since, watch.state.value)
            for watch in self._watches
            if watch.state.since and not watch.state.met
        ]

    def _row(self, point: Point, table: Table, source: Source) -> None:
        """A row of a measurement that a rule looks at."""
        time, in_time = point.time, point.time >= source.watermark
        if point.revises:
            if in_time:
                self._revise(point, table, source)
            return
        if time < source.watermark - (MADE if table.made else NEWS):
            self._too_late += 1
            return
        series = table.series.get(point.tags)
        if series is None:
            series = self._index.begin(table, point.tags)
        for name, value in point.fields:
            if name in table.wanted and not isinstance(value, str):
                lanes = series.get(name)
                if lanes is None:
                    lanes = self._new(table, point.tags, name)
                for lane in lanes:
                    sample = Sample(time, lane.device, value)
                    if in_time:
                        self._value(lane, sample, source)
                    else:
                        self._late(lane, sample, source, made=table.made)

    def _new(self, table: Table, tags: tuple[str, ...], name: str) -> tuple[Lane, ...]:
        """The lanes of a series that is new; it may show that a device is at another site."""
        lanes = self._index.add(table, tags, name)
        self._moved()
        return lanes

    def _moved(self) -> None:
        for watch in endings.move(self._index, self._clocks, self._log):
            self._changed(watch)

    def _late(self, lane: Lane, sample: Sample, source: Source, *, made: bool) -> None:
        """A value that the watermark has passed; rows that are made of many are so always."""
        if sample.time >= source.floor and lane.spot.is_news(sample.time) and (lane.plain or made):
            # What is worked out of several values takes those of events in time alone.
            self._value(lane, sample, source, windows=made)
            for watch in () if made else lane.spot.watches.values():
                watch.grace = source.watermark
        else:
            self._too_late += 1

    def _value(self, lane: Lane, sample: Sample, source: Source, *, windows: bool = True) -> None:
        """A value of a field. Nearly always no plain rule minds it: it is only kept for a while."""
        spot = lane.spot
        if lane.plain:
            spot.keep(sample, source.watermark)
            if spot.watches or not lane.low < sample.value < lane.high:
                self._plain(lane, sample, source)
        for watch, member in lane.windows if windows else ():
            of_member = Sample(sample.time, sample.device, sample.value, member) if member else sample
            self._put(watch, of_member, source)

    def _plain(self, lane: Lane, sample: Sample, source: Source) -> None:
        spot = lane.spot
        for watched in lane.plain:
            watch = spot.watches.get(watched.id)
            if watch is not None:
                self._put(watch, sample, source)
            elif watched.machine.too_much(sample.value):
                watch = self._watches.make(watched, spot.scope)
                self._watches.join(watch, spot.watches)
                watch.wake(spot.recent())
                self._put(watch, sample, source)

    def _revise(self, point: Point, table: Table, source: Source) -> None:
        """Fields of a row that is there already: what the watermark has not passed is as if it had come so."""
        fields = dict(point.fields)
        for name in (*fields, *point.gone):
            value = fields.get(name)
            for lane in self._index.lanes(table, point.tags, name):
                if self._take_back(lane, point.time) and value is not None and not isinstance(value, str):
                    self._value(lane, Sample(point.time, lane.device, value), source)

    def _take_back(self, lane: Lane, time: int) -> bool:
        found = lane.spot.take_back(time, lane.device)
        for watch, member in (*((one, "") for one in lane.spot.watches.values()), *lane.windows):
            if watch.take_back(time, lane.device, member):
                found = True
                self._watches.changed(watch)
                self._clocks.plan(watch)
        return found

    def _error(self, heard: Heard, source: Source) -> None:
        place = errors.place_of_device(heard)
        for watched in self._errors:
            if heard.received_at >= source.watermark and takes(watched.rule.where, place):
                scope = scope_of(place, "device")
                watch = self._watches.make(watched, scope)
                if place.site:  # "" where its frame says nothing of that
                    self._index.placed(watch, scope)
                    self._moved()
                self._put(watch, Sample(heard.received_at, place.dev_eui, 1.0), source)

    def _silences(self, found: Iterable[tuple[Watched, Found]]) -> None:
        for watched, one in found:
            watch = self._watches.find(watched.id, one.scope)
            if one.value and one.scope.id in self._retired:
                continue
            if not one.value and watch is not None and watch.alert and watch.scope.site != one.scope.site:
                self._end(watch, MOVED)
                continue
            time = one.time if watch is None else max(one.time, watch.last)  # a mark may have been reached long ago
            devices = one.devices or (one.scope.id,) * (one.scope.kind == "device")
            self._sample(watched, one.scope, Sample(time, "", one.value, "", devices), self._clocks.source(one.source))

    def _sample(self, watched: Watched, scope: Scope, sample: Sample, source: Source) -> None:
        """A sample of a signal that is of no row."""
        watch = self._watches.find(watched.id, scope)
        if watch is None and watched.machine.too_much(sample.value):
            watch = self._watches.make(watched, scope)
        if watch is not None:
            watch.scope = watch.scope if watch.alert else scope  # a device may be at another site by now
            self._put(watch, sample, source)

    def _put(self, watch: Watch, sample: Sample, source: Source) -> None:
        try:
            in_time = watch.put(sample, self._log)
        except Exception as error:  # noqa: BLE001  (one rule that fails is not to keep all others from working)
            self._fail(watch, error)
            return
        if not in_time:
            self._too_late += 1
            return
        self._clocks.move(watch, watch.sources | source.only if watch.joint else source.only)
        if watch.prompt or not 0 < watch.planned <= sample.time + 1:  # else it comes up for others before this sample
            self._clocks.plan(watch)
        self._watches.changed(watch)

    def _go_on(self) -> None:
        """Have everything done that is due by the watermarks."""
        if self._silence:
            self._silences(self._silence.look(self._clocks.watermarks()))
        for watch, watermark in self._clocks.ripe():
            try:
                watch.settle(watermark, self._log)
            except Exception as error:  # noqa: BLE001
                self._fail(watch, error)
            self._clocks.plan(watch, watermark)
            self._watches.changed(watch)

    def _gone(self, watched: Watched, scope: Scope) -> None:
        watch = self._watches.find(watched.id, scope)
        if watch is not None:
            self._end(watch, GONE)
            self._watches.forget(watch)

    def _end(self, watch: Watch, cause: str) -> None:
        watch.end(cause, self._log)
        self._changed(watch)

    def _changed(self, watch: Watch) -> None:
        self._watches.changed(watch)
        self._clocks.plan(watch)

    def _fail(self, watch: Watch, error: Exception) -> None:
        self._failed[watch.rule] = repr(error)
        watch.reset(self._log)
        self._watches.changed(watch)
