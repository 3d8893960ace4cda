"""The report as one HTML file: nothing is fetched, it prints on A4, and a screen reader finds its way through it."""

from __future__ import annotations

import math
from datetime import date, datetime
from html import escape
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from decoders.bands import table as bands_of
from ingest.indices.air import COVERAGE
from ingest.monthly import figures, tables
from ingest.monthly.numbers import Number, text
from ingest.monthly.plots import plot
from ingest.monthly.style import STYLE
from ingest.monthly.titles import Titles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from decoders.bands import Language
    from ingest.monthly.model import Classes, Measured, Place, Report
    from ingest.monthly.tables import Cell, Table

_ACROSS = 8
"""Quantities beside each other in the table of a site's days: more do not fit on A4."""

_ON_A_PAGE = 12
"""Rows of a table that is not broken between two pages."""
_SHORT = 18
"""Characters of a cell that is not folded."""

SECTIONS = ("limits", "exceedances", "coverage", "daily", "quality", "sites")


class _Column(NamedTuple):
    """A column of the table of a site's days, as HTML."""

    head: str
    figure: str
    cells: list[str]


def render(report: Report, language: Language) -> bytes:
    """The file."""
    titles = Titles(report, language)
    title = f"{titles.title()}, {report.cover.first:%m/%Y}"
    body = (_opening(titles), *_sections(titles))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{''.join(body)}</body>\n</html>\n"
    ).encode()


def _opening(titles: Titles) -> str:
    words = titles.words
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n" for name, value in titles.cover())
    counts = "".join(f"<li><b>{number}</b>{escape(words(name))}</li>\n" for name, number in _counts(titles))
    links = "".join(f'<li><a href="#{name}">{escape(words(name))}</a></li>\n' for name in SECTIONS)
    notes = "".join(f"<li>{escape(note)}</li>\n" for note in titles.notes())
    said = titles.provisional()
    warning = f'<p class="provisional">{escape(said)}</p>\n' if said else ""
    return (
        f'<header class="opening">\n<p class="city">{escape(words("city"))}</p>\n<h1>{escape(titles.title())}</h1>\n'
        f'{warning}<dl class="cover">\n{lines}</dl>\n<ul class="counts">\n{counts}</ul>\n'
        f'<h2 class="plain">{escape(words("notes"))}</h2>\n<ul class="notes">\n{notes}</ul>\n'
        f'<nav aria-label="{escape(words("contents"))}"><ol>\n{links}</ol></nav>\n</header>\n'
    )


def _counts(titles: Titles) -> Iterator[tuple[str, str]]:
    report = titles.report
    silent = sum(not any(one.days_with for one in own) for own in tables.by_site(report).values())
    shares = [sum(one.coverage for one in own) / len(own) if own else 0.0 for own in tables.by_site(report).values()]
    yield "count_sites", str(len(report.places))
    yield "count_silent", str(silent)
    yield "count_coverage", f"{text(100 * sum(shares) / len(shares), 1, titles.language)} %"
    yield "count_over", str(len({one.day for one in report.exceedances}))
    yield "count_doubtful", text(sum(one.values for one in report.doubts), 0, titles.language)


def _sections(titles: Titles) -> Iterator[str]:
    indices = "".join(_table(titles, one, _swatches(titles, one.key)) for one in tables.classes(titles))
    yield _section(titles, "limits", _table(titles, tables.limits(titles)) + indices)
    yield _section(titles, "exceedances", _table(titles, tables.exceedances_by_limit(titles)))
    yield _section(titles, "coverage", _table(titles, tables.coverage(titles)))
    yield _section(titles, "daily", "".join(_by_site(titles)))
    yield _section(titles, "quality", _table(titles, tables.doubts(titles)) + _table(titles, tables.declared(titles)))
    yield _section(titles, "sites", _table(titles, tables.sites(titles)))


def _section(titles: Titles, name: str, content: str) -> str:
    return f'<section id="{name}"><h2>{escape(titles.words(name))}</h2>\n{content}</section>\n'


def _table(titles: Titles, table: Table, heads: Sequence[str] = ()) -> str:
    """A table, its caption and its headings; the first column is each row's heading."""
    if not table.rows:
        return f"<p>{escape(table.otherwise)}</p>\n"
    kept = list(range(len(heads))) or _kept(titles, table)
    numeric = {place for place in kept if all(isinstance(row[place], Number | None) for row in table.rows)}
    short = {place for place in kept if all(len(_said(titles, row[place])) <= _SHORT for row in table.rows)}
    names = heads or [escape(name) for name in table.columns]
    head = "".join(f'<th scope="col"{_align(place in numeric)}>{names[place]}</th>' for place in kept)
    rows = "".join(f"<tr>{''.join(_cells(titles, row, kept, short))}</tr>\n" for row in table.rows)
    whole = " whole" if len(table.rows) <= _ON_A_PAGE else ""
    hidden = ' class="hidden"' if table.key in SECTIONS else ""  # which the section's heading says already
    return (
        f'<div class="scroll{whole}"><table>\n<caption{hidden}>{escape(table.title)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table></div>\n"
    )


def _kept(titles: Titles, table: Table) -> list[int]:
    """Columns that are worth their place on paper: not those that are empty, nor channels that are all 0."""
    channel, empty = titles.words("channel"), (None, "")
    return [
        place
        for place, name in enumerate(table.columns)
        if any(row[place] not in ((*empty, Number(0)) if name == channel else empty) for row in table.rows)
    ]


def _swatches(titles: Titles, key: str) -> list[str]:
    """The headings of the table of an index: its classes with their colours."""
    names = [escape(titles.words("site"))]
    for band in bands_of(key).bands:
        label = escape(getattr(band.label, titles.language))
        names.append(f'<span class="swatch" style="background:{band.colour}"></span>{label}')
    return [*names, escape(titles.words("no_index"))]


def _align(numeric: bool) -> str:  # noqa: FBT001  (said by its name at the call)
    return ' class="n"' if numeric else ""


def _cells(titles: Titles, row: Sequence[Cell], kept: Sequence[int], short: set[int]) -> Iterator[str]:
    for place in kept:
        yield _cell(titles, row[place], first=place == kept[0], short=place in short)


def _cell(titles: Titles, cell: Cell, *, first: bool, short: bool) -> str:
    inner = escape(_said(titles, cell))
    if first:
        return f'<th scope="row">{inner}</th>'
    return f"<td{_align(isinstance(cell, Number)) or (short and ' class=s') or ''}>{inner}</td>"


def _said(titles: Titles, cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Number):
        return text(*cell, titles.language)
    if isinstance(cell, datetime):
        return titles.moment(cell)
    return titles.day(cell) if isinstance(cell, date) else cell


def _by_site(titles: Titles) -> Iterator[str]:
    numbers = count(1)
    key = titles.words("plot_key", figure=_figures(titles), percent=round(100 * COVERAGE))
    yield f'<p class="soft">{escape(key)}</p>\n'
    for site, own in tables.by_site(titles.report).items():
        place = titles.report.places[site]
        yield f'<article class="site"><h3>{_heading(titles, place)}</h3>\n'
        if not own:
            yield f"<p>{escape(titles.words('no_data'))}</p>\n"
        there = [one for one in own if one.days_with]
        plots = "".join(_figure(titles, one, next(numbers)) for one in there if one.quantity.kind != "state")
        yield f'<div class="plots">\n{plots}</div>\n' if plots else ""
        columns = _columns(titles, site)
        across = math.ceil(len(columns) / math.ceil(len(columns) / _ACROSS)) if columns else 1
        for start in range(0, len(columns), across):
            yield _days(titles, columns[start : start + across], titles.site(site))
        yield "</article>\n"


def _figures(titles: Titles) -> str:
    names = dict.fromkeys(figures.figure(one) for one in titles.report.measured)
    return " / ".join(titles.words(name).lower() for name in names)


def _heading(titles: Titles, place: Place) -> str:
    name = titles.name(place)
    about = " · ".join(part for part in (place.site if name else "", place.ward) if part)
    return f"{escape(name or place.site)} <small>{escape(about)}</small>"


def _figure(titles: Titles, one: Measured, number: int) -> str:
    caption = escape(titles.with_unit(one.quantity, one.channel))
    return f"<figure><figcaption>{caption}</figcaption>{plot(titles, one, number)}</figure>\n"


def _columns(titles: Titles, site: str) -> list[_Column]:
    """The quantities of a site and the indices of its days."""
    report = titles.report
    found = [
        _Column(
            escape(titles.with_unit(one.quantity, one.channel)),
            escape(titles.words(figures.figure(one)).lower()),
            [_value(titles, one, value, place) for place, value in enumerate(figures.series(one))],
        )
        for one in report.measured
        if one.site == site
    ]
    for one in report.classes:
        if one.site == site and one.table == "vn_aqi":
            name = bands_of(one.table).source.name
            found.append(_Column(escape(getattr(name, titles.language)), "", list(_index(titles, one))))
    return found


def _days(titles: Titles, columns: Sequence[_Column], name: str) -> str:
    """A row a day, a column a quantity: the one figure that stands for the day."""
    caption = f"{name}: {titles.words('daily').lower()}"
    head = "".join(
        f'<th scope="col" class="n">{one.head}<br><span class="soft">{one.figure}</span></th>' for one in columns
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(titles.day(day))}</th>{"".join(one.cells[place] for one in columns)}</tr>\n'
        for place, day in enumerate(titles.report.days)
    )
    return (
        f'<div class="scroll days"><table>\n<caption>{escape(caption)}</caption>\n'
        f'<thead><tr><th scope="col">{escape(titles.words("day"))}</th>{head}</tr></thead>\n'
        f"<tbody>\n{rows}</tbody>\n</table></div>\n"
    )


def _value(titles: Titles, one: Measured, value: float | None, place: int) -> str:
    day = one.days[place]
    if value is None:
        return f'<td class="n">\N{EN DASH}<span class="hidden"> {escape(titles.words("no_data"))}</span></td>'
    written = escape(titles.number(value, one.quantity))
    if day.over:
        said = escape(titles.words("over").lower())
        return f'<td class="n over-limit">▲\N{NO-BREAK SPACE}{written}<span class="hidden"> {said}</span></td>'
    little = " little" if day.coverage < COVERAGE else ""
    return f'<td class="n{little}">{written}</td>'


def _index(titles: Titles, one: Classes) -> Iterator[str]:
    """Each day's index with the colour of its class, which is named for who cannot see it."""
    for rank, value in zip(one.ranks, one.values, strict=True):
        if rank is None or value is None:
            yield f'<td class="n">\N{EN DASH}<span class="hidden"> {escape(titles.words("no_index"))}</span></td>'
            continue
        band = bands_of(one.table).bands[rank]
        label, number = escape(getattr(band.label, titles.language)), text(value, 0, titles.language)
        swatch = f'<span class="swatch" style="background:{band.colour}"></span>'
        yield f'<td class="n">{swatch}{number}<span class="hidden"> {label}</span></td>'
