"""`citylora doctor` as a person and as a script sees it, where no server is configured."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from ingest.cli import main
from tests.fakes.house import House
from tests.fakes.uplinks import uplink

if TYPE_CHECKING:
    from pathlib import Path


def doctor(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", "--data", str(folder / "data"), "--listen", "1s", *arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with House(tmp_path / "data") as house:
        house.take([uplink()])
        house.drain()
    return tmp_path


def test_a_person_reads_promises_and_findings(folder: Path) -> None:
    done = doctor(folder, "--lang", "en")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert any(line.startswith("not known") and "While citylora is away" in line for line in lines)
    assert any("data_dir: writable:" in line for line in lines)
    assert lines[-1].startswith("0 FAIL, ")
    assert "\x1b" not in done.stdout  # no colour where it is no terminal


def test_the_same_in_vietnamese(folder: Path) -> None:
    done = doctor(folder, "--lang", "vi")
    assert done.exit_code == 0
    assert "Khi citylora vắng mặt, broker giữ lại mọi sự kiện" in done.stdout
    assert "data_dir: ghi được:" in done.stdout
    assert "While citylora" not in done.stdout


def test_a_script_reads_one_value(folder: Path) -> None:
    done = doctor(folder, "--json", "--lang", "vi")
    found = json.loads(done.stdout)
    assert done.exit_code == 0
    assert found["ok"] is True
    assert {"guarantee", "text", "standing", "because"} == set(found["guarantees"][0])
    ledger = next(one for one in found["findings"] if one["check"] == "ledger")
    assert ledger["state"] == "ok"
    assert ledger["title"] == "sổ cái"
    assert set(ledger) == {"check", "subject", "state", "observed", "remedy", "title"}


def test_a_failure_is_the_exit_code(folder: Path) -> None:
    (folder / "mosquitto.conf").write_text("listener 1883\n")
    done = doctor(folder, "--mosquitto", str(folder / "mosquitto.conf"), "--lang", "en")
    assert done.exit_code == 1
    assert "does NOT hold" in done.stdout
    assert "A restart of the broker loses nothing (by: persistence, as configured)" in done.stdout
    worst = next(line for line in done.stdout.splitlines() if line.startswith("FAIL"))
    assert "mosquitto.conf: persistence, as configured" in worst
    assert "→ in mosquitto.conf: persistence true" in done.stdout
    assert json.loads(doctor(folder, "--mosquitto", str(folder / "mosquitto.conf"), "--json").stdout)["ok"] is False


def test_files_that_are_shown_are_read(folder: Path) -> None:
    (folder / "chirpstack").mkdir()
    (folder / "chirpstack" / "chirpstack.toml").write_text("[integration.mqtt]\nqos = 0\n")
    found = json.loads(doctor(folder, "--chirpstack", str(folder / "chirpstack"), "--json", "--lang", "en").stdout)
    states = {one["check"]: one["state"] for one in found["findings"]}
    assert states["QoS of events, as configured"] == "fail"
    assert states["sessions with gateways"] == "unknown"
    missing = doctor(folder, "--chirpstack", str(folder / "no such"))
    assert missing.exit_code == 2
