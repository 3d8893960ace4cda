"""XLSX to cells, as the file has them: a number keeps the digits that are written, a formula is seen as one.

It is read here and not by a library of spreadsheets, which makes floats of numbers before anybody can look at them.
What is unpacked is bounded.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from posixpath import join, normpath
from typing import TYPE_CHECKING, Final

from ingest.i18n import said
from ingest.onboarding.sheets.cell import Cell, Record, Table, bounded
from ingest.onboarding.sheets.fields import meaning
from ingest.onboarding.sheets.row import Unreadable
from ingest.onboarding.sheets.worksheet import Attributes, Texts, Worksheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.onboarding.sheets.worksheet import Reader

MAX_UNPACKED = 40_000_000
"""Bytes of one part of the file: 20,000 rows with a dozen long cells."""

_BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, NotImplementedError, RuntimeError, EOFError, OSError,
    ValueError, LookupError,
)  # fmt: skip
"""What unpacking raises of a file in which bytes are wrong or missing."""

_BOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_TEXTS = "xl/sharedStrings.xml"
_HEADER_WITHIN = 20

_OTHERS: Final = {"content.xml": "open_document", "word/document.xml": "word", "ppt/presentation.xml": "word"}
"""What else is packed in the same way, by a part that it has."""


def table(content: bytes) -> Table:
    """The first visible worksheet with a column of DevEUIs, else the first with anything in it.

    Raises:
        Unreadable: it is no workbook, has macros, or unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _table(packed)
    except _BROKEN as error:
        raise Unreadable(said("sheets.damaged"), said("sheets.save_as")) from error


def _table(packed: zipfile.ZipFile) -> Table:
    names = set(packed.namelist())
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Unreadable(said("sheets.macros"), said("sheets.save_as"))
    if _BOOK not in names:
        kind = next((kind for part, kind in _OTHERS.items() if part in names), "packed")
        raise Unreadable(said(f"sheets.{kind}"), said("sheets.save_as"))
    texts = Texts()
    if _TEXTS in names:
        _read(packed, _TEXTS, texts)
    found = [(title, records) for title, part in _visible(packed) if (records := _records(packed, part, texts.found))]
    if not found:
        return Table(())
    chosen = next((one for one in found if _has_devices(one[1])), found[0])
    others = [title for title, records in found if records is not chosen[1]]
    notes = (said("sheets.other_sheets", title=chosen[0], others=", ".join(others)),) if others else ()
    return Table(chosen[1], notes=notes)


def _visible(packed: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Title and part of each worksheet that a person sees."""
    relations, sheets = Attributes("Relationship"), Attributes("sheet")
    _read(packed, _RELATIONS, relations)
    _read(packed, _BOOK, sheets)
    parts = {one.get("Id", ""): one.get("Target", "") for one in relations.found}
    for sheet in sheets.found:
        part = parts.get(sheet.get("id", ""), "")
        if part and sheet.get("state", "visible") == "visible":
            yield sheet.get("name", ""), part.lstrip("/") if part.startswith("/") else normpath(join("xl", part))


def _records(packed: zipfile.ZipFile, part: str, texts: list[str]) -> tuple[Record, ...]:
    sheet = Worksheet(texts)
    _read(packed, part, sheet)
    empty = Cell("")
    return bounded(
        Record(line, tuple(cells.get(place, empty) for place in range(max(cells) + 1)))
        for line, cells in sorted(sheet.rows.items())
    )


def _has_devices(records: tuple[Record, ...]) -> bool:
    return any(meaning(cell.text) == "dev_eui" for record in records[:_HEADER_WITHIN] for cell in record.cells)


def _read(packed: zipfile.ZipFile, part: str, reader: Reader) -> None:
    """Go through a part of the file; what it claims to unpack to is what it can unpack to."""
    try:
        about = packed.getinfo(part)
    except KeyError as error:
        raise Unreadable(said("sheets.damaged"), said("sheets.save_as")) from error
    if about.file_size > MAX_UNPACKED:
        raise Unreadable(said("sheets.bomb", size=MAX_UNPACKED // 1_000_000), said("sheets.save_as"))
    with packed.open(about) as stream:
        reader.read(stream)
