"""How far a site's values can be believed: what its hours say of good, doubtful and invalid ones, added up. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from ingest.rollup.drift import MARK, believed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ingest.rollup.summary import Series, Summary

HOUR = 3_600_000_000_000


class Trust(NamedTuple):
    """What a site's values of a time are worth.

    Attributes:
        ward: of the newest hour; "" where there is none.
        good: values that are believed, by quantity.
        doubts: how many are not, by quantity and the number of the cause (`derive.cause.Cause`).
        invalid: how many an operator has declared invalid, by quantity.
        coverage: the part of the time that good values stand for, 0 to 1, by quantity; of several channels the mean.
        hours: how many the coverage is of.
        newest: the end of the last hour with any value, ns UTC; None where there is none.
        drift: of each quantity that differed from its neighbours, the start of the newest such day, ns UTC.
    """

    site: str
    ward: str
    good: Mapping[str, int]
    doubts: Mapping[tuple[str, int], int]
    invalid: Mapping[str, int]
    coverage: Mapping[str, float]
    hours: int
    newest: int | None
    drift: Mapping[str, int]

    @property
    def values(self) -> int:
        """How many came."""
        return sum(self.good.values()) + self.doubtful + sum(self.invalid.values())

    @property
    def doubtful(self) -> int:
        """How many are doubtful."""
        return sum(self.doubts.values())

    @property
    def share(self) -> float | None:
        """The part of what came that is good; None where nothing came."""
        return sum(self.good.values()) / self.values if self.values else None

    @property
    def covered(self) -> float:
        """The mean coverage of its quantities; 0 where nothing came."""
        return sum(self.coverage.values()) / len(self.coverage) if self.coverage else 0.0

    @property
    def worth(self) -> float:
        """The part of what should be known that can be used: the least is the worst site."""
        return self.covered * (self.share or 0.0)


def drifting_in(day: Summary) -> list[str]:
    """The quantities that are marked to drift in it."""
    return [name.removesuffix(MARK) for name in day.indices if name.endswith(MARK)]


class Tally:
    """Adds a site's hours and days up.

    Attributes:
        first: the start of its first hour, ns UTC; None before there is one.
        last: the end of its last one.
    """

    def __init__(self, site: str) -> None:
        self._site = site
        self._ward = ""
        self._good: Counter[str] = Counter()
        self._doubts: Counter[tuple[str, int]] = Counter()
        self._invalid: Counter[str] = Counter()
        self._covered: dict[Series, float] = {}  # hours
        self._drift: dict[str, int] = {}
        self.first: int | None = None
        self.last: int | None = None

    def add(self, spans: Iterable[Summary]) -> None:
        """Add spans of it, the oldest first, none of them twice."""
        for span in spans:
            self._ward = span.ward
            self.first = span.start if self.first is None else self.first
            self.last = span.end
            for quantity in drifting_in(span):
                self._drift[quantity] = span.start
            span = believed(span)  # noqa: PLW2901  (what drifts is doubtful)
            for series, one in span.values.items():
                self._good[series.quantity] += one.count
                self._covered[series] = self._covered.get(series, 0.0) + one.coverage * (span.end - span.start) / HOUR
            for quantity, causes in span.doubts.items():
                for cause, count in causes.items():
                    self._doubts[quantity, cause] += count
            self._invalid.update(span.invalid)

    def trust(self, since: int, until: int) -> Trust:
        """What it comes to.

        Args:
            since: the start of an hour, ns UTC, since when there should be values.
            until: the end of one.
        """
        hours = max(0, (until - since) // HOUR)
        by_quantity: dict[str, list[float]] = {}
        for series, covered in self._covered.items():
            by_quantity.setdefault(series.quantity, []).append(min(1.0, covered / hours) if hours else 0.0)
        for quantity in {*self._invalid, *(quantity for quantity, _ in self._doubts)}:
            by_quantity.setdefault(quantity, [0.0])  # nothing of it is good
        coverage = {quantity: sum(found) / len(found) for quantity, found in sorted(by_quantity.items())}
        return Trust(
            self._site, self._ward, self._good, self._doubts, self._invalid, coverage, hours, self.last, self._drift
        )
