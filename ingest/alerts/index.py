"""From a row to the watches that it concerns: worked out once for each series of rows, and kept.

    measurement ──▶ tags ──▶ field ──▶ lane: the plain rules, and the windows that its values go to

A row that no rule looks at costs one look at a dict. Values of a lane that are too much for none of its plain rules are
recognised by two comparisons, however many rules there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.alerts.rule import Aggregate, Difference, Field, Scope, Where
from ingest.alerts.signals.field import UNASSIGNED, place_of, scope_of, takes
from ingest.alerts.spot import Spot
from ingest.decoding.point import OF_EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.alerts.rule import Rule
    from ingest.alerts.signals.field import Place
    from ingest.alerts.watch import Watch
    from ingest.alerts.watched import Watched
    from ingest.alerts.watches import Watches

CITY = Scope("citylora", "")
"""Of all places together."""

MOST = 200_000
"""Series that are kept; past it all are worked out anew."""


class Lane(NamedTuple):
    """What the values of one field of one series go to at one scope.

    Attributes:
        device: whose they are; "" where rows have no device.
        low: and `high`: between them, neither included, a value is too much for no plain rule.
        windows: watches that need every value, each with the member that it is of.
    """

    device: str
    spot: Spot
    plain: tuple[Watched, ...]
    low: float
    high: float
    windows: tuple[tuple[Watch, str], ...]


class Candidates:
    """The rules that look at one field, each found by the narrowest of what it asks for: many are of one site alone."""

    def __init__(self) -> None:
        self._by_tag: dict[tuple[str, str], list[tuple[Watched, Field]]] = {}

    def add(self, watched: Watched, field: Field) -> None:
        """Take one more."""
        signal, where = watched.rule.signal, watched.rule.where
        if isinstance(signal, Difference):
            where = Where(sites=frozenset({signal.site, signal.minus}))
        for kind, wanted in (
            ("device", where.devices),
            ("site", where.sites),
            ("ward", where.wards),
            ("model", where.models),
            ("", frozenset({""})),
        ):
            if wanted:
                for tag in wanted:
                    self._by_tag.setdefault((kind, tag), []).append((watched, field))
                return

    def of(self, place: Place) -> Iterator[tuple[Watched, Field]]:
        """Those that may concern a place."""
        tags = ("device", place.dev_eui), ("site", place.site), ("ward", place.ward), ("model", place.model), ("", "")
        for tag in tags:
            yield from self._by_tag.get(tag, ())


class Table:
    """A measurement that a rule looks at.

    Attributes:
        made: its rows are made of many events (roll-ups, `station`). They have a time of their own: an hour's stand at
            its beginning, and come when it is over.
        wanted: the rules by the field that they look at.
        series: of each series so far, by its tags, the lanes of the wanted fields that it has had a value of.
    """

    __slots__ = ("made", "name", "series", "wanted")

    def __init__(self, name: str) -> None:
        self.name = name
        self.made = name not in OF_EVENTS
        self.wanted: dict[str, Candidates] = {}
        self.series: dict[tuple[str, ...], dict[str, tuple[Lane, ...]]] = {}


class Index:
    """All rules that look at rows.

    Attributes:
        tables: by measurement.
        moved: watches of a device that is at another site now, each with its scope there; whoever takes them out has
            what fired at the site before end, and sets the scope.
    """

    def __init__(self, rules: Sequence[Watched], watches: Watches) -> None:
        self.tables: dict[str, Table] = {}
        self.moved: list[tuple[Watch, Scope]] = []
        self._watches = watches
        self._spots: dict[tuple[str, str, str], Spot] = {}
        self._series = 0
        for watched in rules:
            field = watched.rule.measured
            if field is not None:
                table = self.tables.setdefault(field.measurement, Table(field.measurement))
                table.wanted.setdefault(field.name, Candidates()).add(watched, field)

    def begin(self, table: Table, tags: tuple[str, ...]) -> dict[str, tuple[Lane, ...]]:
        """A series is new: it has no lane yet."""
        if self._series >= MOST:
            self._series = 0
            self._spots.clear()
            for one in self.tables.values():
                one.series.clear()
        self._series += 1
        lanes: dict[str, tuple[Lane, ...]] = {}
        table.series[tags] = lanes
        return lanes

    def lanes(self, table: Table, tags: tuple[str, ...], name: str) -> tuple[Lane, ...]:
        """The lanes of any field of any series."""
        if name not in table.wanted:
            return ()
        series = table.series.get(tags)
        found = (self.begin(table, tags) if series is None else series).get(name)
        return self.add(table, tags, name) if found is None else found

    def add(self, table: Table, tags: tuple[str, ...], name: str) -> tuple[Lane, ...]:
        """The lanes of a wanted field that is new in its series: one for each scope, none where no rule takes it."""
        place = place_of(table.name, tags)
        concerned: dict[Scope, list[Watched]] = {}
        for watched, field in table.wanted[name].of(place):
            if _concerns(watched.rule, place):
                concerned.setdefault(scope_of(place, field.by), []).append(watched)
        lanes = tuple(
            self._lane((scope.key, table.name, name), place, scope, rules) for scope, rules in concerned.items()
        )
        table.series[tags][name] = lanes
        return lanes

    def _lane(self, key: tuple[str, str, str], place: Place, scope: Scope, rules: Sequence[Watched]) -> Lane:
        plain = tuple(watched for watched in rules if isinstance(watched.rule.signal, Field))
        bounds = [watched.machine.bounds for watched in plain]
        return Lane(
            place.dev_eui,
            self._spot(key, scope, plain),
            plain,
            max([low for low, _high in bounds], default=float("-inf")),
            min([high for _low, high in bounds], default=float("inf")),
            tuple(self._window(watched, place, scope) for watched in rules if watched not in plain),
        )

    def _spot(self, key: tuple[str, str, str], scope: Scope, plain: Sequence[Watched]) -> Spot:
        spot = self._spots.get(key)
        if spot is None:
            spot = self._spots[key] = Spot(scope)
        elif spot.scope != scope:
            spot.scope = scope
        for watched in plain:
            watch = self._watches.find(watched.rule.id, scope)
            if watch is not None:
                self._watches.join(watch, spot.watches)
                self.placed(watch, scope)
        return spot

    def placed(self, watch: Watch, scope: Scope) -> None:
        """A watch's device is at a scope now, as its rows say: it goes to `moved` where it was at another one."""
        if scope.kind == "device" and watch.scope != scope:
            self.moved.append((watch, scope))

    def _window(self, watched: Watched, place: Place, scope: Scope) -> tuple[Watch, str]:
        """The watch, and which member of it the values of a scope are."""
        signal = watched.rule.signal
        if isinstance(signal, Difference):
            minuend = scope if place.site == signal.site else Scope("site", signal.site, place.channel, signal.site)
            watch = self._watches.make(watched, minuend)
            if scope.ward and place.site == signal.site:
                watch.scope = scope  # it was made by the other site, which does not know where this one is
            return watch, place.site
        if isinstance(signal, Aggregate):
            ward = Scope("ward", place.ward, ward=place.ward)
            return self._watches.make(watched, ward if signal.by == "ward" else CITY), scope.key
        watch = self._watches.make(watched, scope)
        self.placed(watch, scope)
        return watch, ""


def _concerns(rule: Rule, place: Place) -> bool:
    signal = rule.signal
    if isinstance(signal, Difference):
        return place.site in {signal.site, signal.minus}
    if isinstance(signal, Aggregate) and signal.by == "ward" and place.ward in {"", UNASSIGNED}:
        return False
    return takes(rule.where, place)
