"""Drift: a site whose days differ from those of its neighbours, for three days in a row. Pure.

Neighbours measure the same quantity within three kilometres; where a position is lacking, in the same ward. At least
three of them must have a value on the day, and the median of these is what a day is held against, so that one other
that drifts does not matter. `Rule.drift` says how far is too far; a quantity without one is never looked at.

The answer depends on the values alone, not on which site or day comes first: a day is kept as its values made it,
and what was found (`drifting`) is a mark beside them (`marked`). What is written and worked out from the day leaves the
marked out: `believed(day)`, `without(hour, quantities)`, and the row's fields renamed (`suspected`).
"""

from __future__ import annotations

from collections import defaultdict
from math import isfinite
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from ingest.decoding.point import SUSPECT
from ingest.derive.cause import Cause
from ingest.rollup import means
from ingest.rollup.neighbours import Neighbours

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from ingest.derive.rules import Rule
    from ingest.rollup.neighbours import Place
    from ingest.rollup.summary import Summary

DAYS = 3
NEIGHBOURS = 3

SUFFIXES = ("mean", "min", "max", "p95", "total", "count", "coverage")
"""What a roll-up's field ends in, after the quantity and `_`."""

MARK = "_drift"

DOMAIN = "drift"
"""Where the marks stand in what a day means (`rows.Made`); no row is of this domain."""


class Allowed(NamedTuple):
    """How far a day may be from its neighbours, in the quantity's unit; None: as far as it likes.

    Attributes:
        everywhere: of the quantities that have a bound.
        sites: what a site asks otherwise, by its id.
        quantities: that have a bound anywhere.
    """

    everywhere: Mapping[str, float]
    sites: Mapping[str, Mapping[str, float | None]]
    quantities: frozenset[str]

    def of(self, site: str, quantity: str) -> float | None:
        """Of one site."""
        own = self.sites.get(site)
        everywhere = self.everywhere.get(quantity)
        return everywhere if own is None else own.get(quantity, everywhere)


def allowed_by(rules: Mapping[str, Rule], own_rules: Mapping[str, Mapping[str, Rule]]) -> Allowed:
    """The bounds of some rules, and of those that a site has for itself."""
    everywhere = {name: rule.drift for name, rule in rules.items() if rule.drift is not None}
    own = {site: {name: rule.drift for name, rule in asked.items()} for site, asked in own_rules.items()}
    there = {name for asked in own.values() for name, bound in asked.items() if bound is not None}
    return Allowed(everywhere, own, frozenset({*everywhere, *there}))


def drifting(
    days: Sequence[Mapping[str, Summary]],
    places: Mapping[str, Place],
    allowed: Callable[[str, str], float | None],
) -> dict[str, frozenset[str]]:
    """Which quantities of which sites drift on the last of some days.

    Args:
        days: the last `DAYS` days, oldest first, each by site, whatever is marked in them.
        places: of the sites; one that is not in it has no neighbours.
        allowed: of a site and a quantity, the greatest distance from its neighbours, in its unit; None: it may be any.

    Returns:
        By site; a site without any is left out.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    if len(days) < DAYS:
        return {}
    last = days[-1]
    wanted = {(site, name) for site, day in last.items() for name in means.quantities(day)}
    for name in sorted({name for site, name in wanted if allowed(site, name) is not None}):
        straying = Straying([_values(day, name) for day in days[-DAYS:]], places)
        for site in last:
            if straying.is_far(site, allowed(site, name)):
                found[site].add(name)
    return {site: frozenset(names) for site, names in found.items()}


class Straying:
    """Which sites are too far from their neighbours, by one quantity.

    Args:
        days: the means of the last `DAYS` days by site, oldest first.
        places: of the sites; one that is not in it has no neighbours, and is nobody's.
    """

    def __init__(self, days: Sequence[Mapping[str, float]], places: Mapping[str, Place]) -> None:
        self._days = days
        self._places = places
        there = {site for values in days for site in values}
        self._near = Neighbours({site: places[site] for site in there if site in places}, days[-1])

    def is_far(self, site: str, limit: float | None) -> bool:
        """Whether a site is further than that from the median of its neighbours on each of the days."""
        value = self._days[-1].get(site)
        if limit is None or value is None or site not in self._places:
            return False
        if not self._near.may_differ(site, value, limit):
            return False
        return _strays(site, self._near.of(site), self._days, limit)


def suspected(
    fields: Iterable[tuple[str, float]], quantities: Iterable[str]
) -> tuple[tuple[tuple[str, float], ...], tuple[str, ...]]:
    """A day's fields with those of these quantities renamed (`pm2_5_suspect_mean`), and the names that are gone."""
    renamed = {f"{name}_{suffix}": f"{name}{SUSPECT}_{suffix}" for name in quantities for suffix in SUFFIXES}
    given = tuple(fields)
    return (
        tuple((renamed.get(name, name), value) for name, value in given),
        tuple(name for name, _ in given if name in renamed),
    )


def marked(day: Summary, quantities: Iterable[str]) -> Summary:
    """The day with a mark for each quantity that drifts, and none for others: `<quantity>_drift` of its `indices`."""
    kept = {name: value for name, value in day.indices.items() if not name.endswith(MARK)}
    return replace(day, indices={**kept, **marks(quantities)})


def marks(quantities: Iterable[str]) -> dict[str, float]:
    """The mark of each."""
    return {f"{name}{MARK}": 1.0 for name in sorted(quantities)}


def believed(day: Summary) -> Summary:
    """The day without what is marked."""
    return without(day, (name.removesuffix(MARK) for name in day.indices if name.endswith(MARK)))


def without(span: Summary, quantities: Iterable[str]) -> Summary:
    """An hour or a day in which all values of these quantities are doubtful."""
    drifted = frozenset(quantities)
    if not drifted:
        return span
    doubts = {name: dict(causes) for name, causes in span.doubts.items()}
    for series, one in span.values.items():
        if series.quantity in drifted:
            causes = doubts.setdefault(series.quantity, {})
            causes[Cause.DRIFT] = causes.get(Cause.DRIFT, 0) + one.count
    values = {series: one for series, one in span.values.items() if series.quantity not in drifted}
    return replace(span, values=values, doubts=doubts)


def _values(day: Mapping[str, Summary], name: str) -> dict[str, float]:
    """The day's mean at each site that was measured for three quarters of it."""
    found = ((site, means.mean(one, name)) for site, one in day.items())
    return {site: value for site, value in found if value is not None and isfinite(value)}


def _strays(site: str, near: Collection[str], days: Sequence[Mapping[str, float]], limit: float) -> bool:
    """Whether it is too far from the median of its neighbours on each of the days."""
    for values in days:
        others = [values[other] for other in near if other in values]
        if site not in values or len(others) < NEIGHBOURS or abs(values[site] - median(others)) <= limit:
            return False
    return True
