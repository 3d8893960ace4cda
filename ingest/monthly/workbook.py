"""The report as an Excel workbook: Summary, Daily, Exceedances, Quality, Sites, Charts.

Numbers are numbers and days are days, rounded as they are shown; charts are Excel's own, made of the sheet Daily.
Text is always text: a site called "=1+1" is no formula. openpyxl comes with the extra `report`.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import TYPE_CHECKING, cast

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from ingest.monthly import charts, tables
from ingest.monthly.numbers import Number
from ingest.monthly.titles import Titles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from openpyxl.cell import Cell as Written
    from openpyxl.worksheet.worksheet import Worksheet

    from decoders.bands import Language
    from ingest.monthly.model import Report
    from ingest.monthly.tables import Cell, Table

_BOLD, _TITLE, _SOFT = Font(bold=True), Font(bold=True, size=16), Font(color="5B6875")
_HEAD = PatternFill("solid", fgColor="E8ECF0")
_RULE = Border(bottom=Side(style="thin", color="5B6875"))
_WRAP = Alignment(wrap_text=True, vertical="top")
_DAYS = {"vi": "dd/mm/yyyy", "en": "d mmm yyyy"}
_NARROW, _WIDE = 8, 44
_LOOKED_AT = 200
"""Rows that a column's width is made to fit."""
_SPECIAL = re.compile(f"^=|{ILLEGAL_CHARACTERS_RE.pattern}")
"""What would be taken for a formula, and what the format cannot hold."""
_A4 = 9  # the paper's number in the format


def render(report: Report, language: Language) -> bytes:
    """The file."""
    titles, book = Titles(report, language), Workbook(write_only=True)
    book.properties.title = titles.title()
    book.properties.creator = f"citylora {report.cover.version}"
    sheets = _Sheets(book, titles)
    sheets.summary()
    days = sheets.one(tables.daily(titles), "daily", frozen="D2")
    sheets.one(tables.exceedances(titles), "exceedances", frozen="A2")
    sheets.several([tables.doubts(titles), tables.declared(titles)], "quality")
    sheets.one(tables.sites(titles), "sites", frozen="B2")
    charts.add(sheets.made("charts"), days, titles)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


class _Sheets:
    """Writes one sheet after the other."""

    def __init__(self, book: Workbook, titles: Titles) -> None:
        self._book = book
        self._titles = titles

    def made(self, key: str) -> Worksheet:
        """A new sheet that prints on A4, across."""
        sheet = cast(
            "Worksheet", self._book.create_sheet(self._titles.words(key))
        )  # which writes what the other one does
        sheet.page_setup.paperSize = _A4
        sheet.page_setup.orientation = "landscape"
        sheet.page_setup.fitToHeight = 0
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        return sheet

    def summary(self) -> None:
        """The cover, limits, classes, coverage and the notes."""
        titles, sheet = self._titles, self.made("summary")
        found = [tables.limits(titles), *tables.classes(titles), tables.coverage(titles)]
        self._widths(sheet, found)
        self._line(sheet, titles.words("city"), _SOFT)
        self._line(sheet, titles.title(), _TITLE)
        for name, value in titles.cover():
            sheet.append([self._text(sheet, name, _SOFT), self._text(sheet, value)])
        for table in found:
            self._write(sheet, table)
        sheet.append([])
        self._line(sheet, titles.words("notes"), _BOLD)
        for note in titles.notes():
            self._line(sheet, note)

    def one(self, table: Table, key: str, frozen: str) -> Worksheet:
        """One table, its headings always in sight and printed on each page, with a filter."""
        sheet = self.made(key)
        self._widths(sheet, [table])
        sheet.freeze_panes = frozen
        sheet.print_title_rows = "1:1"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"
        self._head(sheet, table)
        self._rows(sheet, table)
        return sheet

    def several(self, found: Sequence[Table], key: str) -> None:
        """Several tables below each other, each with its name."""
        sheet = self.made(key)
        self._widths(sheet, found)
        for table in found:
            self._write(sheet, table)

    def _write(self, sheet: Worksheet, table: Table) -> None:
        sheet.append([])
        self._line(sheet, table.title, _BOLD)
        self._head(sheet, table)
        self._rows(sheet, table)

    def _head(self, sheet: Worksheet, table: Table) -> None:
        cells = [self._text(sheet, name, _BOLD) for name in table.columns]
        for cell in cells:
            cell.fill, cell.border, cell.alignment = _HEAD, _RULE, _WRAP
        sheet.append(cells)

    def _rows(self, sheet: Worksheet, table: Table) -> None:
        # What is written is on its way to the file at once, so one cell for each format of a column is enough: to make
        # a new one for every number would take most of the time.
        made: dict[tuple[int, str], Written] = {}
        for row in table.rows:
            sheet.append([self._cell(sheet, cell, place, made) for place, cell in enumerate(row)])
        if not table.rows:
            self._line(sheet, table.otherwise, _SOFT)

    def _line(self, sheet: Worksheet, text: str, font: Font | None = None) -> None:
        sheet.append([self._text(sheet, text, font)])

    def _cell(
        self, sheet: Worksheet, cell: Cell, place: int, made: dict[tuple[int, str], Written]
    ) -> Written | str | int | None:
        if cell is None:
            return None
        if isinstance(cell, str):
            return self._text(sheet, cell) if _SPECIAL.search(cell) else cell
        form, value = self._formatted(cell)
        if (place, form) not in made:
            made[place, form] = WriteOnlyCell(sheet)
            made[place, form].number_format = form
        made[place, form].value = value
        return made[place, form]

    def _formatted(self, cell: Number | date) -> tuple[str, float | datetime]:
        if isinstance(cell, Number):
            return _digits(cell.places), cell.rounded
        day = _DAYS[self._titles.language]
        if isinstance(cell, datetime):
            return f"{day} hh:mm", cell.replace(tzinfo=None)
        return day, datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001  (a day has no zone)

    def _text(self, sheet: Worksheet, text: str, font: Font | None = None) -> Written:
        cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text))
        cell.data_type = "s"
        if font is not None:
            cell.font = font
        return cell

    def _widths(self, sheet: Worksheet, found: Sequence[Table]) -> None:
        """Wide enough for what stands in a column; a heading may be folded."""
        for place in range(max(len(table.columns) for table in found)):
            cells = [row[place] for table in found for row in table.rows[:_LOOKED_AT] if place < len(row)]
            heads = [word for table in found if place < len(table.columns) for word in table.columns[place].split()]
            need = max([*map(len, heads), *(len(_measured(cell)) for cell in cells)])
            sheet.column_dimensions[get_column_letter(place + 1)].width = min(max(need + 2, _NARROW), _WIDE)


def _digits(places: int) -> str:
    return f"#,##0.{'0' * places}" if places else "#,##0"


def _measured(cell: Cell) -> str:
    if isinstance(cell, Number):
        return f"{cell.value:,.{cell.places}f}"
    return "31/12/2026 00:00" if isinstance(cell, datetime) else str(cell or "")
