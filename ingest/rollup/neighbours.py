"""Which sites are neighbours: within three kilometres; where a position is lacking, in the same ward. Pure.

Looking at every pair of 10,000 sites would take minutes. So they lie in squares of a kilometre: all of a square is
within reach of another, or some of it, or nothing; only the second takes measuring. And most sites are so much like
most of those around them that it need not be known which of them are near.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from math import cos, hypot, radians
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NEAR = 3.0  # km

_DEGREE = 111.195  # km, of latitude
_SQUARE = 0.009  # degrees
_SIDE = _SQUARE * _DEGREE  # km, from south to north
_SLACK = 0.01
"""By how much a degree of longitude may be shorter or longer within reach of a square: up to 80 degrees north."""

_Square: TypeAlias = "tuple[int, int]"


class Place(NamedTuple):
    """Where a site is; None and "" where nobody has said it."""

    latitude: float | None
    longitude: float | None
    ward: str


def distance(one: Place, other: Place) -> float | None:
    """Kilometres between two places, on a flat earth, as is right for a few; None where one has no position."""
    if one.latitude is None or one.longitude is None or other.latitude is None or other.longitude is None:
        return None
    north = other.latitude - one.latitude
    east = (other.longitude - one.longitude) * cos(radians((one.latitude + other.latitude) / 2))
    return _DEGREE * hypot(north, east)


class _Around(NamedTuple):
    """What is around the sites of one square, or of one ward: they themselves are among the first.

    Attributes:
        near: within reach of each of them.
        maybe: of some.
        values: of the first, ascending.
        others: of the second, ascending.
    """

    near: list[str]
    maybe: list[str]
    values: list[float]
    others: list[float]


class Neighbours:
    """Those of a day.

    Args:
        places: of all sites.
        values: of those that have one.
    """

    def __init__(self, places: Mapping[str, Place], values: Mapping[str, float]) -> None:
        self._places = places
        self._values = values
        self._known: dict[tuple[_Square | None, str], _Around] = {}
        self._squares: defaultdict[_Square, list[str]] = defaultdict(list)
        self._wards: defaultdict[str, list[str]] = defaultdict(list)
        self._unplaced: defaultdict[str, list[str]] = defaultdict(list)
        for site, place in places.items():
            square = _square(place)
            if square is not None:
                self._squares[square].append(site)
            elif place.ward:
                self._unplaced[place.ward].append(site)
            if place.ward:
                self._wards[place.ward].append(site)

    def of(self, site: str) -> set[str]:
        """The sites within reach."""
        own, around = self._places[site], self._around(site)
        found = {other for other in around.maybe if (distance(own, self._places[other]) or 0.0) <= NEAR}
        return {*around.near, *found} - {site}

    def may_differ(self, site: str, value: float, limit: float) -> bool:
        """Whether the median of its neighbours may be further from a site's value; false is sure.

        It is not lower by more than that where those that are near for sure and are not so low are more than all that
        may be near and are; nor is it higher, likewise.
        """
        around = self._around(site)
        rounding = 1e-9 * (abs(value) + limit)
        low, high = value - limit + rounding, value + limit - rounding
        lower, lower_others = bisect_left(around.values, low), bisect_left(around.others, low)
        within, within_others = bisect_right(around.values, high), bisect_right(around.others, high)
        if lower + lower_others >= len(around.values) - lower - 1:  # itself is not its neighbour
            return True
        return len(around.values) - within + len(around.others) - within_others >= within - 1

    def _around(self, site: str) -> _Around:
        own = self._places[site]
        square = _square(own)
        found = self._known.get((square, own.ward))
        if found is None:
            near, maybe = list[str](), list[str]()
            if square is None:
                near += self._wards.get(own.ward, ())
            else:
                near += self._unplaced.get(own.ward, ())
                for other, whole in _within(square):
                    (near if whole else maybe).extend(self._squares.get(other, ()))
            found = self._known[square, own.ward] = _Around(near, maybe, self._sorted(near), self._sorted(maybe))
        return found

    def _sorted(self, sites: list[str]) -> list[float]:
        return sorted([self._values[site] for site in sites if site in self._values])


def _square(place: Place) -> _Square | None:
    if place.latitude is None or place.longitude is None:
        return None
    return int(place.latitude // _SQUARE), int(place.longitude // _SQUARE)


def _within(square: _Square) -> Iterator[tuple[_Square, bool]]:
    """The squares of which anything is within reach of a square, and whether all of it is from anywhere there."""
    row, column = square
    width = _SIDE * cos(radians((row + 0.5) * _SQUARE))
    shortest, longest = width * (1 - _SLACK), width * (1 + _SLACK)
    rows, columns = int(NEAR / _SIDE) + 1, int(NEAR / shortest) + 1
    for north in range(-rows, rows + 1):
        for east in range(-columns, columns + 1):
            least = hypot(max(abs(north) - 1, 0) * _SIDE, max(abs(east) - 1, 0) * shortest)
            if least <= NEAR * (1 + _SLACK):
                most = hypot((abs(north) + 1) * _SIDE, (abs(east) + 1) * longest)
                yield (row + north, column + east), most <= NEAR * (1 - _SLACK)
