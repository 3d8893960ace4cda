"""What the report of a month says: values and places, in no language and no format."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from decoders.bands import Source, Station
    from decoders.quantities import Domain, Quantity
    from ingest.derive.cause import Cause
    from ingest.registry.site import Reference
    from ingest.rollup.summary import Summary


class Asked(NamedTuple):
    """What a report is to be of.

    Attributes:
        ward: the code of a ward; "" all.
        sites: ids; empty for all.
        made_at: ns UTC.
    """

    domain: Domain
    ward: str
    sites: tuple[str, ...]
    made_at: int
    made_by: str
    version: str


class Kept(NamedTuple):
    """What roll-ups hold of one site, oldest first.

    Attributes:
        earlier: days before the month, for what is measured there.
        days: of the month.
        hours: gives those that begin in a range of time (ns UTC, its end not included), as far as they are still kept.
    """

    earlier: Sequence[Summary]
    days: Sequence[Summary]
    hours: Callable[[int, int], Sequence[Summary]]


class Cover(NamedTuple):
    """Which report it is.

    Attributes:
        first: the month's first day.
        last: the last day that is reported on: of a month that is not over, yesterday.
        complete: the month is over, and all of its days are there.
        cut: days that are over are left out, since they are still to be made.
        zone: whose midnight a day begins at, an IANA name.
        made_at: in that zone.
        made_by: a person or a user of the machine.
        version: citylora's.
        ward: the one that was asked for, with what it is; "" for all.
        chosen: the sites that were asked for; empty for all.
    """

    domain: Domain
    first: date
    last: date
    complete: bool
    zone: str
    made_at: datetime
    made_by: str
    version: str
    ward: str
    chosen: tuple[str, ...]
    cut: bool = False


class Place(NamedTuple):
    """A measuring point, as known at the end of the month; "" and None where nobody has said it."""

    site: str
    name_vi: str
    name_en: str
    ward: str
    latitude: float | None
    longitude: float | None
    kind: str
    owner: str
    reference: Reference | None


class Day(NamedTuple):
    """One quantity on one day: not rounded, in its unit; None where it cannot be or has no meaning.

    Attributes:
        mean, minimum, maximum, p95: of the good values.
        total: of an amount: what fell, passed or was used.
        values: good ones.
        coverage: the part of the day that they stand for, 0 to 1.
        doubtful: values that were not believed.
        invalid: values that somebody declared invalid.
        limit: for a mean of the day, that is in force on it.
        over: it was held against a limit, of whatever period, and has not kept it; None where it could not be held.
    """

    mean: float | None = None
    minimum: float | None = None
    maximum: float | None = None
    p95: float | None = None
    total: float | None = None
    values: int = 0
    coverage: float = 0.0
    doubtful: int = 0
    invalid: int = 0
    limit: float | None = None
    over: bool | None = None


class Measured(NamedTuple):
    """One quantity and channel of a site, over the month.

    Attributes:
        days: one of each day that is reported on, also of those without a value.
        station: whose alarm levels count, of a water level at such a place.
    """

    site: str
    quantity: Quantity
    channel: int
    days: tuple[Day, ...]
    station: Station | None = None

    @property
    def coverage(self) -> float:
        """The part of the time that is reported on, 0 to 1."""
        return sum(day.coverage for day in self.days) / len(self.days)

    @property
    def days_with(self) -> int:
        """Days with a good value."""
        return sum(day.values > 0 for day in self.days)


class Exceedance(NamedTuple):
    """A day on which a limit was not kept.

    Attributes:
        period: what the value is the mean of: "1h", "8h", "24h"; of noise the hours of the day; "" of a sample.
        value: the worst of the day, in `unit`; None where it is not known any more.
        times: how many hours did not keep a limit of one hour; else 1.
        low, high: the limit; of a flood `high` is the alarm level that was reached.
        level: of a flood 1 to 3; else 0.
        unit: the limit's.
        verified: the limit is, and it is in force.
    """

    site: str
    quantity: Quantity
    day: date
    value: float | None
    times: int
    period: str
    low: float | None
    high: float | None
    level: int
    unit: str
    source: Source
    verified: bool
    superseded: bool


class Judgement(NamedTuple):
    """What a month comes to against one limit, for one quantity of a site.

    Attributes:
        days: days that could be held against it.
        times: how often it was not kept: hours, of a limit of one hour; else days.
        days_over: days on which it was not.
    """

    site: str
    quantity: Quantity
    days: int
    times: int
    days_over: int
    period: str
    low: float | None
    high: float | None
    level: int
    unit: str
    source: Source
    verified: bool
    superseded: bool


class Doubt(NamedTuple):
    """Values of a month that were not believed."""

    site: str
    quantity: Quantity
    cause: Cause
    values: int


class Declared(NamedTuple):
    """A time whose values somebody declared invalid.

    Attributes:
        quantity: None for all of the site.
        since, until: in the report's zone; until is None while it goes on.
    """

    site: str
    quantity: Quantity | None
    since: datetime
    until: datetime | None
    reason: str
    by: str
    at: datetime


class Classes(NamedTuple):
    """The days of a site by the classes of an index.

    Attributes:
        table: of `decoders.bands`.
        ranks: the place of each day's class in the table; None where there is none.
        values: the index itself; None too where the class is all that is known.
        verified: all that the days rest on is.
    """

    site: str
    table: str
    ranks: tuple[int | None, ...]
    values: tuple[float | None, ...]
    verified: bool


class Report(NamedTuple):
    """All of it.

    Attributes:
        days: those that are reported on.
        places: by site, in the order of the report; a site without any data too.
        measured: in the order of the places, then by quantity and channel.
        exceedances: by site, quantity and day.
        unjudged: days of a quantity that had values, and too few of them to be held against the limit of a day.
    """

    cover: Cover
    days: tuple[date, ...]
    places: Mapping[str, Place]
    measured: tuple[Measured, ...]
    judgements: tuple[Judgement, ...]
    exceedances: tuple[Exceedance, ...]
    unjudged: int
    doubts: tuple[Doubt, ...]
    declared: tuple[Declared, ...]
    classes: tuple[Classes, ...]
