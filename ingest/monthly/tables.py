"""The tables of a report, as rows of values: page and workbook print the same ones, each in its way."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from decoders.bands import table as bands_of
from ingest.monthly import figures
from ingest.monthly.numbers import Number, decimals, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ingest.monthly.figures import Figure
    from ingest.monthly.model import Classes, Day, Measured, Report
    from ingest.monthly.titles import Titles


Cell: TypeAlias = str | date | datetime | Number | None
"""None is empty."""


class Table(NamedTuple):
    """Rows under headings, all of one length.

    Attributes:
        key: of its heading, in the words.
        otherwise: what is said where there is no row.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    otherwise: str = ""


def coverage(titles: Titles) -> Table:
    """Every quantity of every site: how much of it there is, and what the month comes to."""
    names = ("site", "ward", "quantity", "unit", "channel", "days_with", "values", "coverage", "mean", "minimum",
             "maximum", "total")  # fmt: skip
    return Table("coverage", titles.words("coverage"), _named(titles, names), list(_coverage(titles)))


def _coverage(titles: Titles) -> Iterator[tuple[Cell, ...]]:
    report = titles.report
    own = by_site(report)
    for site, place in report.places.items():
        head = (titles.site(site), place.ward)
        if not own[site]:
            yield *head, titles.words("no_data"), "", None, Number(0), Number(0), Number(0, 1), None, None, None, None
        for one in own[site]:
            of, places = figures.month(one), decimals(one.quantity)
            yield (
                *head, titles.quantity(one.quantity), one.quantity.unit, Number(one.channel), Number(one.days_with),
                Number(sum(day.values for day in one.days)), Number(100 * one.coverage, 1),
                *(None if value is None else Number(value, places) for value in of),
            )  # fmt: skip


def limits(titles: Titles) -> Table:
    """Every limit that values were held against, and how often it was not kept."""
    names = ("site", "quantity", "averaged", "limit", "days_judged", "days_over", "times", "source")
    rows: list[tuple[Cell, ...]] = [
        (
            titles.site(one.site), titles.quantity(one.quantity), titles.averaged(one), titles.limit(one),
            Number(one.days), Number(one.days_over), Number(one.times), titles.source(one),
        )
        for one in titles.report.judgements
    ]  # fmt: skip
    return Table("limits", titles.words("limits"), _named(titles, names), rows, titles.words("no_limits"))


def exceedances(titles: Titles) -> Table:
    """Every day on which a limit was not kept."""
    names = ("day", "site", "ward", "quantity", "averaged", "worst", "limit", "times", "source")
    report = titles.report
    rows: list[tuple[Cell, ...]] = [
        (
            one.day, titles.site(one.site), report.places[one.site].ward, titles.quantity(one.quantity),
            titles.averaged(one), titles.worst(one), titles.limit(one), Number(one.times),
            titles.source(one),
        )
        for one in report.exceedances
    ]  # fmt: skip
    otherwise = titles.words("no_exceedances" if report.judgements else "no_limits")
    return Table("exceedances", titles.words("exceedances"), _named(titles, names), rows, otherwise)


def exceedances_by_limit(titles: Titles) -> Table:
    """The same with a row a limit, and its days in one cell: what fits on paper."""
    names = ("site", "ward", "quantity", "averaged", "limit", "days_and_values", "source")
    found: dict[tuple[str, ...], list[str]] = {}
    for one in titles.report.exceedances:
        head = (titles.site(one.site), titles.report.places[one.site].ward, titles.quantity(one.quantity))
        worst = titles.worst(one)
        value = "" if worst is None else f" ({text(*worst, titles.language)})"
        row = (*head, titles.averaged(one), titles.limit(one), titles.source(one))
        found.setdefault(row, []).append(f"{one.day.day}{value}".replace(" ", "\N{NO-BREAK SPACE}"))
    rows = [(*row[:-1], " · ".join(days), row[-1]) for row, days in found.items()]
    return exceedances(titles)._replace(columns=_named(titles, names), rows=rows)


def doubts(titles: Titles) -> Table:
    """Values that were not believed, by cause."""
    rows: list[tuple[Cell, ...]] = [
        (titles.site(one.site), titles.quantity(one.quantity), titles.words(one.cause.word), Number(one.values))
        for one in titles.report.doubts
    ]
    columns = _named(titles, ("site", "quantity", "cause", "values"))
    return Table("doubtful", titles.words("doubtful"), columns, rows, titles.words("no_doubts"))


def declared(titles: Titles) -> Table:
    """Times that somebody declared invalid, and why."""
    names = ("site", "quantity", "since", "until", "reason", "declared_by", "declared_at")
    rows: list[tuple[Cell, ...]] = [
        (
            titles.site(one.site),
            titles.words("all_quantities") if one.quantity is None else titles.quantity(one.quantity),
            one.since, titles.words("still") if one.until is None else one.until, one.reason, one.by, one.at,
        )
        for one in titles.report.declared
    ]  # fmt: skip
    return Table("invalid", titles.words("invalid"), _named(titles, names), rows, titles.words("no_declared"))


def sites(titles: Titles) -> Table:
    """Where values come from."""
    names = ("id", "name", "ward", "latitude", "longitude", "kind", "owner", "reference")
    rows: list[tuple[Cell, ...]] = [
        (
            place.site, titles.name(place), place.ward,
            None if place.latitude is None else Number(place.latitude, 5),
            None if place.longitude is None else Number(place.longitude, 5),
            place.kind, place.owner, _reference(titles, place.site),
        )
        for place in titles.report.places.values()
    ]  # fmt: skip
    return Table("sites", titles.words("sites"), _named(titles, names), rows)


def classes(titles: Titles) -> Iterator[Table]:
    """The days of each site by the classes of an index, a table an index."""
    for key in dict.fromkeys(one.table for one in titles.report.classes):
        rules, own = bands_of(key), [one for one in titles.report.classes if one.table == key]
        columns = [getattr(band.label, titles.language) for band in rules.bands]
        rows: list[tuple[Cell, ...]] = []
        for one in own:
            found = Counter(one.ranks)
            ranks = (*range(len(rules.bands)), None)
            rows.append((titles.site(one.site), *(Number(found[rank]) for rank in ranks)))
        source = rules.source.shown(titles.language, verified=all(one.verified for one in own))
        name = titles.words("index_days", index=source)
        yield Table(key, name, (titles.words("site"), *columns, titles.words("no_index")), rows)


def daily(titles: Titles) -> Table:
    """One row a site, quantity, channel and day: all that there is."""
    names = ("id", "name", "ward", "quantity", "code", "unit", "channel", "day", "mean", "minimum", "maximum", "p95",
             "total", "values", "coverage", "doubtful", "invalid", "limit_day", "over")  # fmt: skip
    return Table("daily", titles.words("daily"), _named(titles, names), list(_daily(titles)))


DAY, LIMIT = 7, 17
FIGURES: Mapping[Figure, int] = {"mean": 8, "maximum": 10, "total": 12}
"""Columns of `daily` that plots are made of, from 0."""


class Line(NamedTuple):
    """What a row a day is made of: a quantity and channel, or an index, or neither where nothing is known of a site."""

    site: str
    of: Measured | None = None
    classes: Classes | None = None


def lines(report: Report) -> Iterator[Line]:
    """In the order of `daily`, which has as many rows of each as there are days."""
    for site, own in by_site(report).items():
        yield from (Line(site, of=one) for one in own)
        yield from (Line(site, classes=one) for one in report.classes if one.site == site and _valued(one))
        if not own:
            yield Line(site)


def _valued(one: Classes) -> bool:
    """Whether there is more to say of a day than its class."""
    return any(value is not None for value in one.values)


def _daily(titles: Titles) -> Iterator[tuple[Cell, ...]]:
    report = titles.report
    for line in lines(report):
        place = report.places[line.site]
        head = (line.site, titles.name(place), place.ward)
        rows = (
            _measured(titles, line.of) if line.of is not None
            else _index(titles, line.classes) if line.classes is not None
            else _unknown(titles)
        )  # fmt: skip
        yield from ((*head, *row) for row in rows)


def _measured(titles: Titles, one: Measured) -> Iterator[tuple[Cell, ...]]:
    name = (titles.quantity(one.quantity), one.quantity.name, one.quantity.unit, Number(one.channel))
    for on, day in zip(titles.report.days, one.days, strict=True):
        yield *name, on, *_of_day(titles, one, day)


def _index(titles: Titles, one: Classes) -> Iterator[tuple[Cell, ...]]:
    rules, places = bands_of(one.table), INDEX_PLACES.get(one.table, 0)
    name = (rules.source.shown(titles.language, verified=one.verified), one.table, rules.unit, None)
    for on, value in zip(titles.report.days, one.values, strict=True):
        yield *name, on, None if value is None else Number(value, places), *[None] * 10


def _unknown(titles: Titles) -> Iterator[tuple[Cell, ...]]:
    for on in titles.report.days:
        yield titles.words("no_data"), "", "", None, on, *[None] * 5, Number(0), Number(0, 1), *[None] * 4


INDEX_PLACES = {"rain_24h": 1, "street_flood": 2}
"""Decimals of an index; of all others it is a whole number."""


def _of_day(titles: Titles, one: Measured, day: Day) -> tuple[Cell, ...]:
    places = decimals(one.quantity)
    of = (day.mean, day.minimum, day.maximum, day.p95, day.total)
    return (
        *(None if value is None else Number(value, places) for value in of),
        Number(day.values),
        Number(100 * day.coverage, 1),
        Number(day.doubtful),
        Number(day.invalid),
        None if day.limit is None else Number(day.limit, places),
        None if day.over is None else titles.words("yes" if day.over else "no"),
    )


def _reference(titles: Titles, site: str) -> str:
    reference = titles.report.places[site].reference
    if reference is None:
        return ""
    height = f"{reference.height:.2f}"
    return f"{height.replace('.', ',') if titles.language == 'vi' else height} m, {titles.words(reference.datum)}"


def _named(titles: Titles, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(titles.words(name) + (" [%]" if name == "coverage" else "") for name in names)


def by_site(report: Report) -> dict[str, list[Measured]]:
    """What each site measures; an empty list where it is not known."""
    found: dict[str, list[Measured]] = {site: [] for site in report.places}
    for one in report.measured:
        found[one.site].append(one)
    return found
