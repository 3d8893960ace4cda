"""Labels drawn as PDF: each code as filled squares, which stay sharp at any size, and words that fit beside it.

fpdf2 and segno come with the extra `onboard`; only the command that prints labels imports this.
"""

from __future__ import annotations

import unicodedata
from itertools import groupby
from typing import TYPE_CHECKING

import segno
from fpdf import FPDF
from fpdf.fonts import TTFFont

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.onboarding.labels import Box, Label, Sheet

QUIET = 4
"""White modules round a code, as its standard asks for."""

_FONT = "label"
_LINES: tuple[tuple[str, float, int], ...] = (
    ("name", 12.0, 2),
    ("dev_eui", 9.0, 1),
    ("site", 8.0, 2),
    ("ward", 8.0, 1),
)
"""What is written, how large at most in points, and on how many lines."""
_TALL = 29.0
"""Millimetres of a text's place for which these sizes are meant; a lower one has smaller letters."""
_SMALLEST, _STEP = 4.5, 0.5
"""Points."""
_POINT = 25.4 / 72
"""Millimetres."""
_LEADING = 1.2
_BETWEEN = 0.8
_HAIRLINE = 0.1
_LONGEST_TEXT = 200
_GREY = 190


def draw(labels: Sequence[Label], sheet: Sheet, font: Path, title: str, *, frames: bool = False) -> bytes:
    """The file; with `frames`, a line where each label is to be cut."""
    pdf = FPDF(unit="mm", format=sheet.page)
    pdf.set_auto_page_break(auto=False)
    pdf.set_title(title)
    pdf.set_creator("citylora")
    pdf.add_font(_FONT, fname=font)
    pages = 0
    for label, (page, box) in zip(labels, sheet.places(len(labels)), strict=True):
        if page == pages:
            pdf.add_page()
            pages += 1
        if frames:
            pdf.set_draw_color(_GREY)
            pdf.set_line_width(_HAIRLINE)
            pdf.rect(*box)
        _code(pdf, label.code, sheet.code(box))
        _words(pdf, label, sheet.text(box))
    return bytes(pdf.output())


def modules(text: str) -> Sequence[Sequence[int]]:
    """The code's dark (1) and light (0) modules, without the margin."""
    return [list(row) for row in segno.make(text, error="m", micro=False).matrix]


def _code(pdf: FPDF, text: str, box: Box) -> None:
    """Dark modules beside each other are one rectangle: seams between them would show in print."""
    matrix = modules(text)
    side = box.width / (len(matrix) + 2 * QUIET)
    pdf.set_fill_color(0)
    for row, line in enumerate(matrix):
        column = 0
        for dark, run in groupby(line):
            length = len(list(run))
            if dark:
                pdf.rect(box.x + (column + QUIET) * side, box.y + (row + QUIET) * side, length * side, side, style="F")
            column += length


def _words(pdf: FPDF, label: Label, box: Box) -> None:
    """The lines, from the top: as large as they may be, and smaller where they have no room."""
    values = {"name": label.name, "dev_eui": label.grouped, "site": label.site, "ward": label.ward}
    y = box.y
    for name, largest, most in _LINES:
        size, lines = _fitted(
            pdf, _printable(pdf, values[name]), box.width, largest * min(1.0, box.height / _TALL), most
        )
        pdf.set_font(_FONT, size=size)
        for line in lines:
            pdf.set_xy(box.x, y)
            pdf.cell(box.width, size * _POINT * _LEADING, line)
            y += size * _POINT * _LEADING
        y += _BETWEEN if lines else 0


def _fitted(pdf: FPDF, text: str, width: float, size: float, most: int) -> tuple[float, list[str]]:
    """The size in points, and the lines: what does not fit at the smallest size either ends with …."""
    pdf.c_margin = 0
    while True:
        pdf.set_font(_FONT, size=size)
        lines = _wrapped(pdf, text, width)
        whole = len(lines) <= most and all(pdf.get_string_width(line) <= width for line in lines)
        if whole or size - _STEP < _SMALLEST:
            break
        size -= _STEP
    if not whole:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return size, [_cut(pdf, line, width) for line in lines]


def _wrapped(pdf: FPDF, text: str, width: float) -> list[str]:
    """Broken between words alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and pdf.get_string_width(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _cut(pdf: FPDF, text: str, width: float) -> str:
    while len(text) > 1 and pdf.get_string_width(text) > width:
        text = text.removesuffix("…")[:-1].rstrip() + "…"
    return text


def _printable(pdf: FPDF, text: str) -> str:
    """In composed letters, without what the font has no picture of."""
    font = pdf.fonts[_FONT]
    known = font.cmap if isinstance(font, TTFFont) else {}
    plain = unicodedata.normalize("NFC", " ".join(text.split()))
    return "".join(char for char in plain if char.isprintable() and ord(char) in known)[:_LONGEST_TEXT]
