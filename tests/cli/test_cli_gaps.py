"""`citylora gaps`: what is missing of each device, by cause, as a table and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from gateways.rfc3339 import render
from ingest.cli import main
from tests.fakes.house import House
from tests.fakes.uplinks import SECOND, START, uplink

if TYPE_CHECKING:
    from pathlib import Path

MINUTE = 60 * SECOND
FIRST, SECOND_ONE, STEADY = "02c1710000000001", "02c1710000000002", "02c1710000000003"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three devices: one lacks 4 frames of which we lost 1, one lacks 1 after another came late, one lacks none."""
    path = tmp_path_factory.mktemp("data")
    with House(path) as house:
        house.take([uplink(f_cnt, at=START + f_cnt * 10 * MINUTE) for f_cnt in (0, 1, 5)])
        house.intake.lost("main", 1)
        house.take([uplink(7, at=START + 70 * MINUTE)])
        house.take([uplink(7, at=START + 70 * MINUTE)])  # once more: a duplicate
        for f_cnt, minutes in ((0, 0), (3, 30), (1, 31)):
            at, tags = START + minutes * MINUTE, {"site": "ngu-hanh-son-2"}
            house.take([uplink(f_cnt, at=at, dev_eui=SECOND_ONE, tags=tags)])
        house.take([uplink(f_cnt, at=START + f_cnt * 10 * MINUTE, dev_eui=STEADY) for f_cnt in range(5)])
    return path


def _run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["gaps", "--data", str(folder), *arguments])


def _json(folder: Path, *arguments: str) -> dict[str, Any]:
    done = _run(folder, *arguments, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_json_has_every_device_and_the_total(folder: Path) -> None:
    found = _json(folder)
    first, second, steady = found["devices"]
    assert first == {
        "dev_eui": FIRST,
        "site": "cau-rong",
        "received": 4,
        "missing": 4,
        "missing_by_cause": {"unknown": 3, "radio": 0, "network": 0, "lost": 1},
        "loss_percent": 50.0,
        "longest_gap": 3,
        "last_gap": render(START + 70 * MINUTE),
    }
    assert (second["dev_eui"], second["received"], second["missing"], second["longest_gap"]) == (SECOND_ONE, 3, 1, 2)
    assert (steady["missing"], steady["loss_percent"], steady["last_gap"]) == (0, 0.0, None)
    assert found["total"] | {"dev_eui": None, "site": None} == found["total"]
    assert (found["total"]["received"], found["total"]["missing"]) == (12, 5)
    assert sum(found["total"]["missing_by_cause"].values()) == 5


def test_it_says_what_status_says(folder: Path) -> None:
    status = json.loads(CliRunner().invoke(main, ["status", "--data", str(folder), "--json"]).stdout)
    assert _json(folder)["total"]["missing_by_cause"] == status["missing_by_cause"]


def test_by_device_site_and_time(folder: Path) -> None:
    assert [one["dev_eui"] for one in _json(folder, "--device", SECOND_ONE)["devices"]] == [SECOND_ONE]
    assert [one["dev_eui"] for one in _json(folder, "--site", "ngu-hanh-son-2")["devices"]] == [SECOND_ONE]
    until = _json(folder, "--device", FIRST, "--until", render(START + 60 * MINUTE))["total"]
    since = _json(folder, "--device", FIRST, "--since", render(START + 60 * MINUTE))["total"]
    assert (until["missing"], since["missing"]) == (3, 1)


def test_people_get_a_table_of_those_with_gaps(folder: Path) -> None:
    done = _run(folder)
    assert done.exit_code == 0
    header, first, second, total = [line.split() for line in done.stdout.splitlines()]
    assert header[:8] == ["DEVICE", "SITE", "RECEIVED", "MISSING", "RADIO", "NETWORK", "LOST", "UNKNOWN"]
    assert header[8:] == ["LOSS", "%", "LONGEST", "LAST"]
    assert first[:9] == [FIRST, "cau-rong", "4", "4", "0", "0", "1", "3", "50"]
    assert second[0] == SECOND_ONE
    assert total[:4] == ["all", "3", "12", "5"]


def test_nothing_that_matches_and_no_journal_are_said(folder: Path, tmp_path: Path) -> None:
    done = _run(folder, "--site", "nowhere")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "no uplinks match\n")
    assert _json(folder, "--site", "nowhere")["total"]["received"] == 0
    done = _run(tmp_path)
    assert done.exit_code == 4
    assert done.stderr.startswith(f"error: there is no journal in {tmp_path}\nhint: ")


def test_a_damaged_journal_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"SQLite format 3\0" + b"x" * 8192)
    done = _run(tmp_path)
    assert done.exit_code == 4
    assert done.stderr.startswith("error: ")
