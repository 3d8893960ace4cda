"""The plot of one quantity over a month, as SVG that stands in the page itself. Pure; the page's style has its colours.

A line or bars for the days, a light band from minimum to maximum, dashes for limits, diamonds for days over one: what
is told by colour is told by shape too. A day without values is a gap. `title` and `desc` say it to who cannot see it.
"""

from __future__ import annotations

import math
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from ingest.monthly import figures
from ingest.monthly.numbers import limit_text
from ingest.rollup.aggregate import ANGLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.monthly.model import Measured
    from ingest.monthly.titles import Titles

WIDTH, HEIGHT = 520, 156
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 32, 10, 22
_TICKS = 4
_LABELLED = (1, 5, 10, 15, 20, 25)
_IN_SIGHT = 2.5  # times the highest value: a limit beyond that would flatten the curve


class _Scale(NamedTuple):
    """From days (0 is the first) and values to places in the picture."""

    days: int
    low: float
    high: float

    def x(self, day: float) -> float:
        return _LEFT + (day + 0.5) * (WIDTH - _LEFT - _RIGHT) / self.days

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def plot(titles: Titles, of: Measured, number: int) -> str:
    """The SVG element; `number` makes its ids unique in the page."""
    title = titles.words("plot", quantity=titles.with_unit(of.quantity, of.channel), site=titles.site(of.site))
    scale, step = _scale(of)
    parts = (*_axes(titles, of, scale, step), *_limits(titles, of, scale), *_days(of, scale), *_over(of, scale))
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t{number} d{number}">'
        f'<title id="t{number}">{escape(title)}</title><desc id="d{number}">{escape(said(titles, of))}</desc>'
        f"{''.join(parts)}</svg>"
    )


def said(titles: Titles, of: Measured) -> str:
    """What the plot shows, in words."""
    values, days = figures.series(of), titles.report.days
    there = [(value, day) for value, day in zip(values, days, strict=True) if value is not None]
    if not there:
        return titles.words("no_data")
    (low, low_day), (high, high_day) = min(there), max(there, key=lambda one: one[0])
    text = titles.words(
        "plot_says",
        low=titles.number(low, of.quantity),
        low_day=titles.day(low_day),
        high=titles.number(high, of.quantity),
        high_day=titles.day(high_day),
        missing=len(days) - len(there),
    )
    over = sum(day.over is True for day in of.days)
    return f"{text} {titles.words('plot_over', days=over)}" if over else text


def _scale(of: Measured) -> tuple[_Scale, float]:
    """The scale, and the distance of its lines: a 1, 2 or 5 of some size."""
    values = [one for one in figures.series(of) if one is not None]
    if figures.figure(of) == "mean":
        values += [end for day in of.days for end in (day.minimum, day.maximum) if end is not None]
    if of.quantity.name in ANGLES:
        return _Scale(len(of.days), 0.0, 360.0), 90.0
    low, high = min(values, default=0.0), max(values, default=1.0)
    high = max([high, *(level for level in _levels(of) if level <= _IN_SIGHT * high)])
    if figures.figure(of) == "total" or 0 <= low < high / 2:
        low = 0.0
    if high == low:
        low, high = low - 0.5, high + 0.5
    size = 10 ** math.floor(math.log10((high - low) / _TICKS))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor * _TICKS >= high - low)
    return _Scale(len(of.days), math.floor(low / step) * step, math.ceil(high / step) * step), step


def _levels(of: Measured) -> list[float]:
    limits = {day.limit for day in of.days if day.limit is not None}
    return sorted(limits | {level.metres for level in of.station.levels} if of.station else limits)


def _axes(titles: Titles, of: Measured, scale: _Scale, step: float) -> Iterator[str]:
    places = max(0, -math.floor(math.log10(step)))
    for place in range(round((scale.high - scale.low) / step) + 1):
        value = scale.low + place * step
        y = scale.y(value)
        yield f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        label = f"{value + 0:.{places}f}"
        label = label.replace(".", ",") if titles.language == "vi" else label
        yield f'<text class="value" x="{_LEFT - 6}" y="{y + 3.5:.1f}">{label}</text>'
    for day in (*_LABELLED, len(of.days)):
        if day == len(of.days) or day <= len(of.days) - 2:
            yield f'<text class="day" x="{scale.x(day - 1):.1f}" y="{HEIGHT - 6}">{day}</text>'


def _limits(titles: Titles, of: Measured, scale: _Scale) -> Iterator[str]:
    """A limit where it is in force: it may change within the month."""
    right = WIDTH - _RIGHT
    for rank, level in enumerate(of.station.levels if of.station else (), start=1):
        if level.metres <= scale.high:
            y = scale.y(level.metres)
            yield f'<path class="limit" d="M{_LEFT} {y:.1f}H{right}"/>'
            name = titles.words("level_short", level=rank)
            yield f'<text class="level" x="{right + 3}" y="{y + 3.5:.1f}">{name}</text>'
    for limit, days in groupby(enumerate(of.days), key=lambda one: one[1].limit):
        places = [place for place, _day in days]
        if limit is not None and limit <= scale.high:
            y, start, end = scale.y(limit), scale.x(places[0] - 0.5), scale.x(places[-1] + 0.5)
            yield f'<path class="limit" d="M{start:.1f} {y:.1f}H{end:.1f}"/>'
            yield f'<text class="level" x="{end + 3:.1f}" y="{y + 3.5:.1f}">{limit_text(limit, titles.language)}</text>'


def _days(of: Measured, scale: _Scale) -> Iterator[str]:
    values = figures.series(of)
    if figures.figure(of) == "total":
        yield from _bars(values, scale)
        return
    if of.quantity.name in ANGLES:  # no line: 350 and 10 degrees are neighbours
        yield from (
            f'<circle class="dot" cx="{scale.x(place):.1f}" cy="{scale.y(value):.1f}" r="2.5"/>'
            for place, value in enumerate(values)
            if value is not None
        )
        return
    band = figures.figure(of) == "mean" and of.quantity.kind == "gauge"
    for places in _runs(values):
        if band:
            yield from _band(of, places, scale)
        # A day between two gaps is a line of no length, which round ends make a dot.
        points = [f"{scale.x(place):.1f} {scale.y(values[place] or 0.0):.1f}" for place in places]
        yield f'<path class="curve" d="M{"L".join(points)}{"" if len(points) > 1 else "h0"}"/>'


def _bars(values: Sequence[float | None], scale: _Scale) -> Iterator[str]:
    width = 0.7 * (scale.x(1) - scale.x(0))
    for place, value in enumerate(values):
        if value:
            y = scale.y(value)
            left, tall = scale.x(place) - width / 2, scale.y(0) - y
            yield f'<rect class="bar" x="{left:.1f}" y="{y:.1f}" width="{width:.1f}" height="{tall:.1f}"/>'


def _band(of: Measured, places: Sequence[int], scale: _Scale) -> Iterator[str]:
    found = [(scale.x(place), of.days[place].minimum, of.days[place].maximum) for place in places]
    ends = [(x, low, high) for x, low, high in found if low is not None and high is not None]
    if len(ends) > 1:
        up = [f"{x:.1f} {scale.y(high):.1f}" for x, _low, high in ends]
        down = [f"{x:.1f} {scale.y(low):.1f}" for x, low, _high in reversed(ends)]
        yield f'<path class="band" d="M{"L".join(up + down)}Z"/>'


def _over(of: Measured, scale: _Scale) -> Iterator[str]:
    for place, (day, value) in enumerate(zip(of.days, figures.series(of), strict=True)):
        if day.over and value is not None:
            yield f'<path class="over" d="M{scale.x(place):.1f} {scale.y(value) - 4:.1f}l4 4l-4 4l-4 -4Z"/>'


def _runs(values: Sequence[float | None]) -> Iterator[list[int]]:
    """Days in a row that have a value."""
    for there, places in groupby(range(len(values)), key=lambda place: values[place] is not None):
        if there:
            yield list(places)
