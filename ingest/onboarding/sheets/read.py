"""From the bytes of a file to its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.i18n import said
from ingest.onboarding.sheets import delimited, json_table, workbook
from ingest.onboarding.sheets.cell import MAX_BYTES
from ingest.onboarding.sheets.columns import layout
from ingest.onboarding.sheets.duplicates import compared
from ingest.onboarding.sheets.encoding import decoded
from ingest.onboarding.sheets.judge import judged
from ingest.onboarding.sheets.row import Sheet, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.onboarding.sheets.cell import Table

_PACKED = b"PK\x03\x04"


def read_sheet(content: bytes, name: str, mapping: Mapping[str, str] | None = None) -> Sheet:
    """Read a sheet and judge each of its rows.

    Args:
        content: the file.
        name: its name, of which the suffix counts.
        mapping: fields by column title, letter or number, which win over what is recognised (`--map`).

    Raises:
        Unreadable: it is no sheet, or `mapping` names what there is not.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(said("sheets.too_large", most=MAX_BYTES // 1_000_000), said("sheets.split"))
    if name.lower().endswith((".xlsm", ".xltm", ".xlsb")):
        raise Unreadable(said("sheets.macros"), said("sheets.save_as"))
    table, form = _table(content)
    if not table.records:
        raise Unreadable(said("sheets.empty"), said("sheets.save_as"))
    found = layout(table, form, mapping or {})
    rows = compared(judged(record, found, guessed=table.guessed) for record in table.records[found.first :])
    if found.trouble and not rows:
        raise Unreadable(found.trouble, said("sheets.map_do"))
    return Sheet(rows, found.source, found.columns, (*table.notes, *found.notes))


def _table(content: bytes) -> tuple[Table, str]:
    """The cells, and the kind of the file for people."""
    if content.startswith(_PACKED):
        return workbook.table(content), "XLSX"
    found = decoded(content)
    text = found.text
    if text.lstrip()[:1] in ("{", "["):
        return json_table.table(text), "JSON"
    table = delimited.table(text)
    return table._replace(notes=(*found.notes, *table.notes), guessed=found.guessed), _NAMES.get(table.delimiter, "CSV")


_NAMES = {";": "CSV ;", "\t": "TSV", ",": "CSV ,", "|": "CSV |", " ": "text"}
