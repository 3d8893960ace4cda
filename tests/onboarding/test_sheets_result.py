"""The result file: what somebody needs to mend a row, and nothing that harms a spreadsheet or shows a key."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from ingest.onboarding.sheets import read_sheet
from ingest.onboarding.sheets.result import beside, content, safe, write

if TYPE_CHECKING:
    from pathlib import Path

KEY = "8f3c1a7be2905d4466bb01cc9a2f7e31"
SHEET = f"""name;DevEUI;AppKey;lat;lon
Trạm 1;24e124136b000017;{KEY};16.0612;108.2233
+84 905;0004302010012345;{KEY[:-1]}2;;
=cmd|x;24e124136b000018;{KEY[:-1]}3;;
"""


def test_a_result_is_safe_in_a_spreadsheet_and_shows_no_key(tmp_path: Path) -> None:
    rows = read_sheet(SHEET.encode(), "devices.csv").rows
    place = beside(tmp_path / "devices.csv")
    write(place, content(rows, {2: "made"}, "en"))
    assert [path.name for path in tmp_path.iterdir()] == ["devices.result.csv"]
    text = place.read_text("utf-8-sig")
    assert KEY[:-4] not in text
    first, second, third = csv.DictReader(text.splitlines(), delimiter=";")
    assert (first["row"], first["status"], first["outcome"], first["name"]) == ("2", "ok", "made", "Trạm 1")
    assert (first["dev_eui"], first["app_key_tail"], first["lat"]) == ("24e124136b000017", "…7e31", "16.0612")
    assert (second["name"], second["dev_eui"]) == ("'+84 905", "00-04-30-20-10-01-23-45")
    assert (third["status"], third["name"], third["outcome"]) == ("refused", "", "")
    assert "it is a formula" in third["reason"]


def test_what_begins_as_a_formula_becomes_text() -> None:
    for text in ("=1", "+1", "-1", "@x", "\t=1", "  =1", "'=1", "'' +1"):
        assert safe(text) == f"'{text}"
    for text in ("Trạm = 1", "'Trạm", "''", ""):
        assert safe(text) == text


def test_a_result_can_be_read_as_a_sheet_again() -> None:
    """Its EUIs are whole, though its keys are not there."""
    rows = read_sheet(SHEET.encode(), "devices.csv").rows
    again = read_sheet(content(rows, {}, "vi"), "devices.result.csv").rows
    assert [row.dev_eui for row in again] == [row.dev_eui for row in rows]
