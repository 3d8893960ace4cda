"""Texts of a sheet: names, descriptions, tags. What would be a formula in somebody's spreadsheet is refused."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from ingest.i18n import Said, said
from ingest.onboarding.identifiers import holds_key, read_key
from ingest.onboarding.sheets.cell import MAX_CELL

if TYPE_CHECKING:
    from ingest.onboarding.sheets.cell import Cell

_UNSEEN = re.compile("[\ufeff\u200b-\u200d\u2060\u00ad]")
_BLANKS = re.compile(r"\s+")
_FORMULA = re.compile(r"^(=|[-+@].*[(|!])", re.DOTALL)
"""`=cmd|…`, `@SUM(…)`, `-2+3+cmd|…`; a name such as `-1 tầng` is one."""
_QUOTED = re.compile(r"^'(?='*\s*[-=+@])")
"""What `result.safe` puts before a text, so that no spreadsheet works anything out of it."""

_MISREAD = re.compile("\ufffd|[\u00c3\u00c2\u00c4\u00c6\u00e1][\x80-\xbf\u2018-\u2122]|\u00e1[\u00ba\u00bb]")
"""Vietnamese of UTF-8 that was read as Windows-1252."""


def text_of(cell: Cell) -> str | Said:
    """The text of a cell, on one line and with composed letters, or why it is none."""
    if cell.kind == "formula" or _FORMULA.match(cell.text):
        return said("sheets.formula")
    if cell.kind == "error":
        return said("identifiers.sheet_error")
    if len(cell.text) > MAX_CELL:
        return said("sheets.long_cell", most=MAX_CELL)
    text = unicodedata.normalize("NFC", _BLANKS.sub(" ", _UNSEEN.sub("", _QUOTED.sub("", cell.text))).strip())
    if any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in text):
        return said("sheets.control")
    if not isinstance(read_key(text), Said) or holds_key(text):
        return said("sheets.key_as_text")
    return text


def begins_formula(text: str) -> bool:
    """Would another program that gets the text unquoted work something out of it?"""
    return _FORMULA.match(text) is not None


def misread(text: str) -> bool:
    """Does it look as if it had been read in the wrong encoding before?"""
    return _MISREAD.search(text) is not None
