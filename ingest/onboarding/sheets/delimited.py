"""Text to cells: what stands between them, and what quotes mean.

A line is read by itself wherever it can be, so that a quote that is never closed costs its own line and not the rest
of the file.
"""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from ingest.i18n import said
from ingest.onboarding.identifiers import read_eui, read_key
from ingest.onboarding.sheets.cell import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Cell, Record, Table, bounded, too_many
from ingest.onboarding.sheets.fields import recognised

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.i18n import Said

DELIMITERS = (",", ";", "\t", "|", " ")

_BREAK = re.compile(r"\r\n|\n|\r")
_SEPARATOR_LINE = re.compile(r"sep=(.)\s*", re.IGNORECASE)

_WRAPPED = re.compile(r'\s*"(?:[^"]|"")*[,;\t|](?:[^"]|"")*"\s*')

_SPANS = 8
"""Lines of one quoted cell at most; more is a quote that is not closed."""

_MOST_LINES = 10 * MAX_ROWS
"""With the empty ones."""

_SAMPLE = 20
"""Lines by which the delimiter is found; titles may stand above the header."""


def table(text: str) -> Table:
    """The cells of a text.

    Raises:
        Unreadable: they are too many.
    """
    lines = _BREAK.split(text)
    if len(lines) > _MOST_LINES:
        raise too_many()
    lines = _unwrapped(lines)
    named = _SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    start = 1 if named else 0
    delimiter = named[1] if named else _delimiter([line for line in lines if line.strip()][:_SAMPLE])
    return Table(bounded(_records(lines, start, delimiter)), delimiter=delimiter)


def _unwrapped(lines: list[str]) -> list[str]:
    """Lines each of which some program took for one cell and quoted whole: `"DevEUI;AppKey"`."""
    filled = [line for line in lines if line.strip()]
    if not filled or not all(_WRAPPED.fullmatch(line) for line in filled):
        return lines
    return [line.strip()[1:-1].replace('""', '"') for line in lines]


def _delimiter(sample: Sequence[str]) -> str:
    """With which most names of columns, else most EUIs and keys, come out.

    A space comes after all others, since it stands within titles and names too.
    """
    return max(DELIMITERS, key=lambda one: (*_worth([_cells(line, one)[:MAX_COLUMNS] for line in sample]), one != " "))


def _worth(rows: Sequence[Sequence[str]]) -> tuple[int, int]:
    names = max((sum(map(recognised, row)) for row in rows), default=0)
    return names, sum(_is_identity(cell) for row in rows for cell in row)


def _is_identity(text: str) -> bool:
    return len(text) <= MAX_CELL and (isinstance(read_eui(text), str) or not isinstance(read_key(text), tuple))


def _records(lines: Sequence[str], start: int, delimiter: str) -> Iterator[Record]:
    place = start
    while place < len(lines):
        if not lines[place].strip():
            place += 1
            continue
        cells, used, broken = _record(lines, place, delimiter)
        yield Record(place + 1, tuple(Cell(cell.strip()) for cell in _filled(cells)[: MAX_COLUMNS + 1]), broken)
        place += used


def _record(lines: Sequence[str], place: int, delimiter: str) -> tuple[list[str], int, Said | None]:
    """The cells that begin at a line, how many lines they take, and what is wrong with them."""
    line = lines[place]
    if '"' not in line:
        return _cells(line, delimiter), 1, _too_long(line)
    reader = csv.reader((f"{one}\n" for one in lines[place : place + _SPANS]), delimiter=delimiter, strict=True)
    try:
        return next(reader), reader.line_num, _too_long(line)
    except (csv.Error, StopIteration):
        even = line.count('"') % 2 == 0
        return _cells(line, delimiter), 1, None if even else said("sheets.quote")


def _filled(cells: list[str]) -> list[str]:
    """Without the empty ones at the end, of which spreadsheets write thousands."""
    last = next((place for place in range(len(cells), 0, -1) if cells[place - 1].strip()), 0)
    return cells[: max(last, 1)]


def _too_long(line: str) -> Said | None:
    return said("sheets.long_line") if len(line) > MAX_CELL * 5 else None


def _cells(line: str, delimiter: str) -> list[str]:
    """The cells of one line, without a word of what is wrong."""
    if len(line) > MAX_CELL * 5:
        return [line[:MAX_CELL]]
    if delimiter == " ":
        line = line.strip()
    if '"' not in line:
        return line.split(delimiter) if delimiter != " " else line.split()
    try:
        return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:
        return line.split(delimiter)
