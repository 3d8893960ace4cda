"""Sheets of devices, as vendors send them and other platforms export them. Pure: bytes in, rows with a verdict out.

`read_sheet(content, name, mapping)` takes CSV with any delimiter, XLSX and JSON, in the encodings that are met. It
recognises a column by its meaning, and the platform by its columns; `mapping` corrects it. What a spreadsheet has
damaged is refused with its cause: no DevEUI is invented or padded, and no session key is taken for a root key.

Each `Row` has the line, a status, remarks in both languages and, where it can be made (`ok`, `warn`), the `Wanted`. A
file that is no sheet raises `Unreadable`. `result` writes what became of the rows beside the file.
"""

from __future__ import annotations

from ingest.onboarding.sheets.read import read_sheet
from ingest.onboarding.sheets.row import GOOD, Column, Remark, Row, Sheet, Unreadable

__all__ = ["GOOD", "Column", "Remark", "Row", "Sheet", "Unreadable", "read_sheet"]
