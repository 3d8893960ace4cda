"""The devices: how long each has been silent, counted in its own intervals.

A silence begins with the last sign of life; where all gateways that had heard the device lately were down, when the
first of them came back; where its source was away, when that came back. It is told when one of its gateways was alive
at its end, so that it could have been heard: mostly one gateway's report later.

An uplink changes a few numbers and nothing else: when its device is to be looked at next stands as it was, and whoever
is looked at too early is put off. `rhythm.SURE` says why nobody is looked at too late.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.alerts import rhythm
from ingest.alerts.beacons import DOWN, FOREVER, Gateway
from ingest.alerts.due import SPAN
from ingest.alerts.found import Found
from ingest.alerts.roster import ASLEEP, DIGITS, EXCUSED, LEARNING, MUTED, NOW_AND_THEN, TOLD, Roster, key
from ingest.alerts.rule import Scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.alerts.due import Source
    from ingest.alerts.found import Mark
    from ingest.alerts.rule import Silence
    from ingest.decoding.point import Point

WEEK = 7 * 86_400_000_000_000
"""A device with too few uplinks to be judged is forgotten after this: whoever may publish invents them without end."""

_S = 1e9
_LEAST, _FORGETS, _NEARLY = rhythm.LEAST, rhythm.FORGETS, rhythm.NEARLY


class _Mark(NamedTuple):
    """A mark and its bit; ns."""

    bit: int
    signal: Silence
    above: float
    least: int
    declared: int

    def interval(self, usual: float) -> int:
        """How often the device is to be heard; 0 where that is not known."""
        return self.declared or int(usual * _S)

    def due(self, base: int, usual: float) -> int:
        """When it is reached, ns UTC."""
        interval = self.interval(usual)
        return base + max(self.least, int(self.above * interval)) if interval else FOREVER

    def check(self, base: int, usual: float, watermark: int) -> int:
        """When to look next, after the watermark and before it can be reached whatever is learned until then."""
        due = self.due(base, usual)
        if self.declared or due == FOREVER or self.above <= rhythm.SURE:
            return due
        sure = int(rhythm.SURE * usual * _S)
        check = base + max(self.least, sure)
        return check if check > watermark else min(due, watermark + sure)


class Fleet:
    """All devices.

    Args:
        marks: the silences that are told.
        sources: by index.
        gateways: by index; empty where they are not watched.

    Attributes:
        changed: rows that are to be stored.
        forgotten: DevEUIs that are to be forgotten.
        over: what was told, and is over.
        grown: gateways that mute one more; the caller takes it.
    """

    def __init__(self, marks: Sequence[Mark], sources: Sequence[Source], gateways: Sequence[Gateway | None]) -> None:
        self.roster = Roster()
        self._marks = [
            _Mark(1 << at, mark.signal, mark.above, mark.signal.least, mark.signal.interval)
            for at, mark in enumerate(marks)
        ]
        self._declared = any(mark.declared for mark in self._marks)
        self._sources, self._gateways = sources, gateways
        self.changed, self.forgotten = set[int](), set[str]()
        self.over: list[Found] = []
        self.grown: set[str] = set()

    def uplink(self, source: Source, at: int, dev_eui: str, radio: Point) -> int:
        """An uplink: the device's row, -1 where it is older than another. What is over goes to `over`.

        Every uplink pays for this: what its parts would say in words of their own is written out.
        """
        roster = self.roster
        row = roster.rows.get(int(dev_eui, 16) if len(dev_eui) == DIGITS else dev_eui)
        if row is None:
            row = roster.begin(dev_eui)
            roster.describe(row, radio.tags[1:4])
        before = roster.last[row]
        if at <= before:
            return -1
        roster.last[row] = at
        self.changed.add(row)
        if roster.why[row] or roster.source[row] != source.index:
            roster.describe(row, radio.tags[1:4])
            self.over += self._attend(row, source, before, radio)
        elif before > source.resumed:
            usual, gap = roster.usual[row], (at - before) / _S
            if gap > usual * _NEARLY:
                roster.usual[row] = rhythm.longer(usual, gap, missing=_missing(radio))
            elif gap >= usual:
                roster.usual[row] = gap
            elif gap >= _LEAST:
                roster.usual[row] = usual - _FORGETS * gap * (1.0 - gap / usual)
        count = roster.count[row] = roster.count[row] + 1 & 255
        if not count % NOW_AND_THEN:
            roster.describe(row, radio.tags[1:4])
            roster.age(row)
        return row

    def alive(self, source: Source, at: int, dev_eui: str, about: tuple[str, ...]) -> list[Found]:
        """Another sign of life, which says nothing of intervals."""
        roster = self.roster
        row = roster.rows.get(key(dev_eui))
        if row is None:
            row = roster.begin(dev_eui)
        before = roster.last[row]
        if at <= before:
            return []
        roster.last[row] = at
        self.changed.add(row)
        roster.describe(row, about)
        return self._attend(row, source, before, None)

    def look(self, row: int, span: int, source: Source, watermark: int) -> list[Found]:
        """What has become of a device by now; nothing where it is not waiting in this span of this source any more."""
        roster = self.roster
        if roster.span[row] != span or roster.source[row] != source.index:
            return []
        base, uncertain = self._base(row, source), False
        found: list[Found] = []
        for due, mark in self._reached(row, base, watermark):
            heard = self._could_be_heard(row, due)
            if heard is False:
                self.mute(row)
                return found
            if heard is None:
                uncertain = True
                break
            found.append(self._tell(row, source, mark, base))
        if uncertain:
            roster.span[row] = watermark >> SPAN
            source.wheel.put(watermark >> SPAN, row)
        elif self._is_stranger(row) and watermark - roster.last[row] >= WEEK:
            self._forget(row)
        else:
            self.schedule(row, source, base)
        return found

    def mute(self, row: int, *, again: bool = False) -> None:
        """All gateways of a device are down: it waits for one of them. `again`: it did so when it was stored."""
        name = self.roster.name(row)
        for gateway in self._heard_by(row):
            gateway.muted.add(name)
            if not again:
                gateway.grown = True
                self.grown.add(gateway.name)
        self.roster.why[row] |= MUTED | ASLEEP
        self.roster.span[row] = 0
        self.changed.add(row)

    def behind(self, gateway: Gateway) -> tuple[str, ...]:
        """The devices that only gateways heard lately that are down, this one among them."""
        found = [row for row in self.roster.rows.values() if gateway.index in self.roster.gateways(row)]
        return tuple(sorted(self.roster.name(row) for row in found if all(one.down for one in self._heard_by(row))))

    def wake(self, gateway: Gateway) -> None:
        """A gateway is alive again: whom it muted is waited for from now on."""
        for name in sorted(gateway.muted):
            row = self.roster.rows.get(key(name))
            if row is not None:
                self._unmute(row)
                source = self._sources[self.roster.source[row]]
                self.schedule(row, source, self._base(row, source))
        gateway.muted.clear()

    def schedule(self, row: int, source: Source, base: int) -> None:
        """Look at a device again when it can be due, silent since `base`."""
        roster = self.roster
        usual, mask = roster.usual[row], roster.mask[row]
        checks = [mark.check(base, usual, source.watermark) for mark in self._marks if not mask & mark.bit]
        if self._is_stranger(row):
            checks.append(roster.last[row] + WEEK)
        check = min(checks, default=FOREVER)
        roster.why[row] &= ~(ASLEEP | EXCUSED)
        if base > max(roster.last[row], source.resumed):
            # The next uplink may be of another gateway, and older than that one's coming back.
            roster.why[row] |= EXCUSED
        if check >= FOREVER:
            roster.why[row] |= ASLEEP
            roster.span[row] = 0
            return
        roster.span[row] = check >> SPAN
        source.wheel.put(check >> SPAN, row)

    def _attend(self, row: int, source: Source, before: int, radio: Point | None) -> list[Found]:
        """A sign of life that changes more than a few numbers."""
        roster = self.roster
        why, at = roster.why[row], roster.last[row]
        moved = roster.source[row] != source.index
        if why & MUTED:
            self._unmute(row)
        elif radio is not None and not moved and before > source.resumed:
            self._learn(row, (at - before) / _S, radio)
        roster.source[row] = source.index
        roster.why[row] &= ~TOLD
        roster.mask[row] = 0
        if moved or why & ~LEARNING or (why and not roster.why[row]):
            self.schedule(row, source, max(at, source.resumed))
        if not why & TOLD:
            return []
        site, ward, model = roster.tags(row)
        scope = Scope("device", roster.name(row), site=site, ward=ward)
        return [Found(scope, source.name, max(at, source.watermark), 0.0, model=model)]

    def _learn(self, row: int, gap: float, radio: Point) -> None:
        roster = self.roster
        gaps, usual = roster.gaps.get(row), roster.usual[row]
        if gap < rhythm.LEAST:
            return
        if gaps is not None:
            gaps.append(gap)
            if len(gaps) == rhythm.NEEDED:
                roster.learned(row, rhythm.first(gaps))
        elif gap < usual:
            roster.usual[row] = rhythm.shorter(usual, gap)
        else:
            roster.usual[row] = rhythm.longer(usual, gap, missing=_missing(radio))

    def _base(self, row: int, source: Source) -> int:
        """Since when a device is silent, although somebody was there to hear it."""
        up = min([gateway.up for gateway in self._heard_by(row)], default=0)
        return max(self.roster.last[row], source.resumed, up)

    def _reached(self, row: int, base: int, watermark: int) -> list[tuple[int, _Mark]]:
        """The marks that it has passed and that were not told, in the order of their times."""
        usual, mask = self.roster.usual[row], self.roster.mask[row]
        found = [(mark.due(base, usual), mark) for mark in self._marks if not mask & mark.bit]
        return sorted([one for one in found if one[0] <= watermark], key=lambda one: one[0])

    def _could_be_heard(self, row: int, due: int) -> bool | None:
        """Whether one of its gateways was alive when it was due; None: that will be known soon.

        Alive is who gave a sign of life since. Of one of which nothing came yet, the next sign says so, or that it is
        held to be down.
        """
        gateways = self._heard_by(row)
        if not gateways or any(gateway.last >= due or gateway.due(DOWN) == FOREVER for gateway in gateways):
            return True
        return False if all(gateway.down for gateway in gateways) else None

    def _heard_by(self, row: int) -> list[Gateway]:
        known = [self._gateways[index] for index in self.roster.gateways(row)] if self._gateways else []
        return [gateway for gateway in known if gateway is not None]

    def _is_stranger(self, row: int) -> bool:
        """Whether nothing can be said of it."""
        return not (self._declared or self.roster.usual[row] or self.roster.mask[row])

    def _tell(self, row: int, source: Source, mark: _Mark, base: int) -> Found:
        roster = self.roster
        usual = roster.usual[row]
        roster.mask[row] |= mark.bit
        roster.why[row] |= TOLD
        self.changed.add(row)
        site, ward, model = roster.tags(row)
        due = mark.due(base, usual)
        value = max(mark.above, (due - base) / mark.interval(usual))
        scope = Scope("device", roster.name(row), site=site, ward=ward)
        return Found(scope, source.name, due, value, signal=mark.signal, model=model)

    def _unmute(self, row: int) -> None:
        name = self.roster.name(row)
        for gateway in self._heard_by(row):
            gateway.muted.discard(name)
        self.roster.why[row] &= ~MUTED
        self.changed.add(row)

    def _forget(self, row: int) -> None:
        self.forgotten.add(self.roster.name(row))
        self.changed.discard(row)
        self.roster.end(row)


def _missing(radio: Point) -> bool:
    """Whether frames of the device are missing just before this one."""
    return any(name == "gap" and value for name, value in radio.fields)
