"""The days of a report as CSV: one row a site, quantity, channel and day; docs/reports.md has the columns.

UTF-8 with a byte order mark, by which Excel knows it; commas between the cells and points in the numbers, whatever the
language.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

from ingest.monthly import tables
from ingest.monthly.numbers import Number, plain
from ingest.monthly.titles import Titles

if TYPE_CHECKING:
    from decoders.bands import Language
    from ingest.monthly.model import Report
    from ingest.monthly.tables import Cell

_STEERS = ("=", "+", "-", "@", "\t", "\r")
_IN_UNIT = ("mean", "minimum", "maximum", "p95", "total", "limit_day")


def render(report: Report, language: Language) -> bytes:
    """The file."""
    titles = Titles(report, language)
    table = tables.daily(titles)
    in_unit = {titles.words(name) for name in _IN_UNIT}
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(f"{name} {titles.words('in_unit')}" if name in in_unit else name for name in table.columns)
    writer.writerows([_cell(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Number):
        return plain(*cell)
    if isinstance(cell, date):
        return cell.isoformat()
    # What a spreadsheet would take for a formula is shown as it is; names come from outside.
    return f"'{cell}" if cell.startswith(_STEERS) else cell
