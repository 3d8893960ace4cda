"""`citylora device import --dry-run --offline`: the JSON, the words for people, and that no key is ever shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from ingest.cli import main

if TYPE_CHECKING:
    from pathlib import Path

DEV, JOIN, KEY = "24e124136b000017", "24e124c0002a0001", "8f3c1a7be2905d4466bb01cc9a2f7e31"
SHEET = f"""Tên;DevEUI;AppEUI;AppKey;Vĩ độ;Kinh độ
Trạm 1;{DEV.upper()};{JOIN};{KEY};16,0612;108,2233
Trạm 2;7.0B3D57E+15;{JOIN};{KEY[:-1]}2;;
Trạm 3;{bytes.fromhex(DEV)[::-1].hex()};{JOIN};{KEY[:-1]}3;;
Trạm 4;24e124136b000019;{JOIN};{KEY[:-1]}4;108,2233;16,0612
"""


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    place = tmp_path / "thiet bi.csv"
    place.write_text(SHEET, "utf-8-sig")
    return place


def run(sheet: Path, *arguments: str) -> Result:
    done = CliRunner().invoke(main, ["device", "import", str(sheet), "--dry-run", "--offline", *arguments])
    assert KEY[:-4] not in done.output
    return done


def test_json_has_what_is_promised(sheet: Path) -> None:
    done = run(sheet, "--json", "--lang", "en")
    value = json.loads(done.stdout)
    assert done.exit_code == 1
    assert list(value) == ["good", "refused", "rows"]
    assert (value["good"], value["refused"]) == (2, 1)
    assert value["rows"][0] == {
        "row": 2, "dev_eui": DEV, "join_eui": JOIN, "app_key_tail": "7e31", "name": "Trạm 1", "lat": 16.0612,
        "lon": 108.2233, "status": "ok", "reason": "",
    }  # fmt: skip
    assert [row["status"] for row in value["rows"]] == ["ok", "refused", "ask", "warn"]
    assert value["rows"][1]["dev_eui"] is None
    assert list(sheet.parent.iterdir()) == [sheet]


def test_people_see_the_columns_and_what_is_wrong(sheet: Path) -> None:
    done = run(sheet, "--lang", "vi")
    lines = done.stdout.splitlines()
    assert ["DevEUI", "dev_eui"] in [line.split() for line in lines]
    assert any(line.split()[:1] == ["3"] and "từ chối" in line and "DevEUI: " in line for line in lines)
    assert lines[-1] == "2 dùng được (1 cần lưu ý), 1 cần quyết định, 1 bị từ chối, 0 bỏ qua"


def test_a_good_sheet_ends_well(tmp_path: Path) -> None:
    sheet = tmp_path / "list.csv"
    sheet.write_text(f"Key 1,Number\n{KEY},{DEV}\n")
    done = run(sheet, "--map", "Key 1=app_key", "--map", "Number=dev_eui", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[-1].startswith("1 good (0 with a warning), 0 to be decided")


@pytest.mark.parametrize("mapping", ["app_key", "=app_key", "Key 1="])
def test_a_mapping_that_says_nothing_is_refused(sheet: Path, mapping: str) -> None:
    done = run(sheet, "--map", mapping)
    assert done.exit_code == 2
    assert "TITLE=field" in done.stderr


def test_a_file_that_is_no_sheet_is_one_line_with_the_remedy(tmp_path: Path) -> None:
    place = tmp_path / "list.pdf"
    place.write_bytes(b"%PDF-1.7\n")
    done = run(place, "--lang", "vi")
    assert done.exit_code == 1
    error, hint = done.stderr.splitlines()
    assert error.startswith("lỗi: list.pdf: đây là tệp PDF")
    assert "CSV UTF-8" in hint
    value = json.loads(run(place, "--json", "--lang", "en").stdout)
    assert value["error"]["message"].startswith("list.pdf: this is a PDF")


def test_a_hostile_name_does_not_steer_the_terminal(tmp_path: Path) -> None:
    place = tmp_path / "list.csv"
    place.write_text(f"name,\x1b[31mDevEUI,DevEUI,AppKey\nT\x1b[2J,,{DEV},{KEY}\n")
    done = run(place, "--lang", "en")
    assert done.exit_code == 1
    assert "\x1b" not in done.output
    assert "control characters" in done.stdout
