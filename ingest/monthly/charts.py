"""The sheet of charts: Excel's own, of the rows of the sheet of days. A chart a quantity and up to six sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.data_source import NumData, NumDataSource, NumVal
from openpyxl.chart.legend import Legend
from openpyxl.chart.series import Series, SeriesLabel
from openpyxl.chart.series_factory import SeriesFactory
from openpyxl.chart.shapes import GraphicalProperties

from ingest.monthly import figures, tables

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from ingest.monthly.model import Measured, Report
    from ingest.monthly.titles import Titles

AT_MOST = 40
"""Charts in one workbook: Excel grows slow with more."""
TOGETHER = 6
"""Curves that can be told apart in one chart."""

_ROWS, _WIDTH, _HEIGHT = 16, 26.0, 7.5  # of the sheet that a chart covers; cm
_HAIR, _FINE, _BOLD = 9525, 12700, 19050  # line widths in EMU: 0.75, 1, 1.5 pt
_COLOURS = ("1F5F8B", "C77700", "2E7D4F", "7A4B94", "5B6875", "A0522D")
_LIMIT = "B3261E"


class _Curve(NamedTuple):
    """A curve, and the row of the sheet of days in which it begins."""

    of: Measured
    row: int


def add(sheet: Worksheet, days: Worksheet, titles: Titles) -> None:
    """Fill a sheet with charts of the rows of the sheet of days."""
    groups = list(_groups(titles.report))
    if len(groups) > AT_MOST:
        sheet.append([titles.words("charts_left", shown=AT_MOST, all=len(groups))])
    for place, curves in enumerate(groups[:AT_MOST]):
        sheet.add_chart(_chart(days, titles, curves), f"A{2 + place * _ROWS}")


def _groups(report: Report) -> Iterator[list[_Curve]]:
    """What is drawn together: the same quantity, at several sites; where alarm levels count, a site for itself."""
    found: dict[tuple[str, str], list[_Curve]] = {}
    for curve in _curves(report):
        if curve.of.days_with and curve.of.quantity.kind != "state":
            alone = curve.of.site if curve.of.station is not None else ""
            found.setdefault((curve.of.quantity.name, alone), []).append(curve)
    for curves in found.values():
        for start in range(0, len(curves), TOGETHER):
            yield curves[start : start + TOGETHER]


def _curves(report: Report) -> Iterator[_Curve]:
    """Each in the order of the sheet, below the row of its headings."""
    row, length = 2, len(report.days)
    for line in tables.lines(report):
        if line.of is not None:
            yield _Curve(line.of, row)
        row += length


def _chart(days: Worksheet, titles: Titles, curves: Sequence[_Curve]) -> LineChart | BarChart:
    first, count = curves[0], len(titles.report.days)
    figure = figures.figure(first.of)
    chart = BarChart() if figure == "total" else LineChart()
    chart.title = f"{titles.with_unit(first.of.quantity)}, {titles.words(figure).lower()}"
    chart.width, chart.height = _WIDTH, _HEIGHT  # type: ignore[assignment]
    chart.display_blanks = "gap"
    chart.legend = Legend()
    chart.legend.position = "b"
    chart.legend.overlay = False
    if chart.title is not None:
        chart.title.overlay = False
    # Without these two Excel of today hides the axes of a chart that openpyxl has made.
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.number_format = "d"
    for colour, curve in zip(_COLOURS, curves, strict=False):
        chart.series.append(_series(days, titles, curve, tables.FIGURES[figure], colour))
    if figure != "total":
        chart.series.extend(_limits(days, titles, first, count))
    chart.set_categories(_cells(days, first.row, count, tables.DAY))
    return chart


def _series(days: Worksheet, titles: Titles, curve: _Curve, column: int, colour: str) -> Series:
    name = titles.site(curve.of.site)
    if curve.of.channel:
        name = f"{name}, {titles.words('channel').lower()} {curve.of.channel}"
    series = SeriesFactory(_cells(days, curve.row, len(curve.of.days), column), title=name)
    series.graphicalProperties.solidFill = colour
    return _drawn(series, colour, _BOLD)


def _limits(days: Worksheet, titles: Titles, curve: _Curve, count: int) -> Iterator[Series]:
    """The limit of the day, as the sheet has it; a station's alarm levels, which no cell has."""
    if any(day.limit is not None for day in curve.of.days):
        limit = SeriesFactory(_cells(days, curve.row, count, tables.LIMIT), title=titles.words("limit"))
        yield _drawn(limit, _LIMIT, _FINE, dashed=True)
    for rank, level in enumerate(curve.of.station.levels if curve.of.station else (), start=1):
        points = [NumVal(idx=place, v=str(level.metres)) for place in range(count)]
        source = NumDataSource(numLit=NumData(formatCode="0.0", ptCount=count, pt=points))
        line = Series(val=source, tx=SeriesLabel(v=f"{titles.words('level', level=rank)}: {level.metres:.1f} m"))
        yield _drawn(line, _LIMIT, _HAIR * rank, dashed=True)


def _drawn(series: Series, colour: str, width: int, *, dashed: bool = False) -> Series:
    if series.graphicalProperties is None:
        series.graphicalProperties = GraphicalProperties()
    series.graphicalProperties.line.solidFill = colour
    series.graphicalProperties.line.width = width
    if dashed:
        series.graphicalProperties.line.dashStyle = "dash"
    series.smooth = False
    return series


def _cells(days: Worksheet, row: int, count: int, column: int) -> Reference:
    return Reference(days, min_col=column + 1, min_row=row, max_row=row + count - 1)
