"""The result file beside a sheet: what became of each row, for the one who has to mend it.

It opens in a spreadsheet, so no cell may be taken for a formula, and no EUI for a number. It has no key.
"""

from __future__ import annotations

import csv
import io
import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ingest.i18n import Language
    from ingest.onboarding.sheets.row import Row

COLUMNS = ("row", "status", "outcome", "reason", "dev_eui", "join_eui", "app_key_tail", "name", "lat", "lon")

_FORMULA = re.compile(r"'* *[=+@\t\r\n-]")
"""Also behind apostrophes, so that reading takes away exactly the one that was added."""

_NUMBER = re.compile(r"\d+(e\d+)?", re.IGNORECASE)
"""An EUI that a spreadsheet would make a number of."""


def beside(sheet: Path) -> Path:
    """`devices.csv` has `devices.result.csv`."""
    return sheet.with_name(f"{sheet.stem}.result.csv")


def content(rows: Sequence[Row], outcomes: Mapping[int, str], language: Language) -> bytes:
    """The file: CSV with semicolons and a byte order mark, as spreadsheets set to Vietnamese open it.

    Args:
        rows: all of the sheet.
        outcomes: by line, what was done; the lines that are not in it were left alone.
        language: of the reasons.
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        tail = f"…{row.app_key_tail}" if row.app_key_tail else ""
        cells = (
            row.line, row.status, outcomes.get(row.line, ""), row.reason(language), eui_cell(row.dev_eui),
            eui_cell(row.join_eui), tail, row.name, row.latitude, row.longitude,
        )  # fmt: skip
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in cells])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def write(place: Path, written: bytes) -> None:
    """Put it there whole: who looks meanwhile sees the old file or the new one."""
    part = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        part.write_bytes(written)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def safe(text: str) -> str:
    """The text so that a spreadsheet shows it and works nothing out of it."""
    return f"'{text}" if _FORMULA.match(text) else text


def eui_cell(eui: str | None) -> str:
    """With dashes where the bare digits would become a number."""
    if eui is None or not _NUMBER.fullmatch(eui):
        return eui or ""
    return "-".join(eui[place : place + 2] for place in range(0, len(eui), 2))
