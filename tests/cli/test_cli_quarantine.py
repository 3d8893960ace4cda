"""`citylora quarantine` without a worker: what is held, and what becomes of it. With one: test_cli_status.py."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from ingest import data_dir
from ingest.audit.verify import verify
from ingest.cli import main
from ingest.status import read_state

CITYLORA = Path(sys.executable).with_name("citylora")
EVENTS = Path(__file__).parents[1] / "wire" / "chirpstack" / "events.json.jsonl"
FIRST = json.loads(EVENTS.read_text("utf-8").splitlines()[0])

CONSUMERS = ("store", "rollup")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory with the recorded events, none of whose devices has a model, and two lines that are no event."""
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(b"\xff\x01 no text\n\x1b[2J no event\n")
    done = CliRunner().invoke(main, ["ingest", "--data", str(tmp_path / "data"), str(EVENTS), str(broken)])
    assert done.exit_code == 0
    return tmp_path / "data"


def _run(verb: str, folder: Path, *arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["quarantine", verb, "--data", str(folder), *arguments], input=given)


def _json(verb: str, folder: Path, *arguments: str, code: int = 0) -> Any:
    done = _run(verb, folder, *arguments, "--json")
    assert (done.exit_code, done.stderr) == (code, "")
    return json.loads(done.stdout)


def test_list_groups_by_reason(folder: Path) -> None:
    models, broken = _json("list", folder)
    assert list(models) == ["reason", "count", "consumers", "first_at", "last_at", "example"]
    assert (models["reason"], models["count"], models["consumers"]) == ("no_model", 140, ["store"])
    assert models["first_at"].startswith("2026-11-22T00:32:41")
    assert models["last_at"].startswith("2026-11-22T00:34:57")
    assert "devices.csv" in models["example"]["detail"]
    assert (broken["reason"], broken["count"], broken["example"]["seq"]) == ("not_json", 2, 184)
    header, first, second = _run("list", folder).stdout.splitlines()
    assert header.split() == ["REASON", "EVENTS", "SINKS", "FIRST", "LAST", "SEQ", "EXAMPLE"]
    assert (first.split()[:3], second.split()[:3]) == (["no_model", "140", "store"], ["not_json", "2", "store"])


def test_list_of_one_reason_has_its_events(folder: Path) -> None:
    found = _json("list", folder, "--reason", "no_model")
    assert len(found) == 100
    assert [one["seq"] for one in found] == sorted((one["seq"] for one in found), reverse=True)
    broken = _json("list", folder, "--reason", "not_json")
    assert [(one["seq"], one["subject"]) for one in broken] == [(184, "broken.jsonl"), (183, "broken.jsonl")]
    assert " broken.jsonl: " in _run("list", folder).stdout
    assert " broken.jsonl " in _run("list", folder, "--reason", "not_json").stdout
    assert _json("list", folder, "--reason", "unheard_of") == []


def test_an_event_that_two_sinks_refused_is_one(folder: Path) -> None:
    store = data_dir.consumer_file(folder, "store").read_bytes()
    data_dir.consumer_file(folder, "influxdb").write_bytes(store)
    config = folder.parent / "c.toml"
    config.write_text(
        f'data_dir = "{folder}"\n[sinks.influxdb]\nurl = "http://127.0.0.1:1"\ndatabase = "c"\n'
        "[sinks.store]\nenabled = true\n"
    )
    done = CliRunner().invoke(main, ["quarantine", "list", "-c", str(config), "--json"])
    assert [(one["count"], one["consumers"]) for one in json.loads(done.stdout)] == [
        (140, ["influxdb", "store"]),
        (2, ["influxdb", "store"]),
    ]


def test_show_gives_the_event_as_it_was_received(folder: Path) -> None:
    found = _json("show", folder, "1")
    assert (found["topic"], found["payload"], found["source"]) == (FIRST["topic"], FIRST["payload"], EVENTS.name)
    assert found["arrived_at"] == FIRST["received_at"]
    assert found["consumers"]["store"]["reason"] == "no_model"
    assert base64.b64decode(_json("show", folder, "183")["payload_b64"]) == b"\xff\x01 no text"
    assert FIRST["payload"] in _run("show", folder, "1").stdout
    assert b"\xff\x01 no text".hex(" ") in _run("show", folder, "183").stdout
    shown = _run("show", folder, "184").stdout
    assert "\x1b" not in shown
    assert " (broken.jsonl)\n" in shown


def test_show_names_models_that_would_read_a_payload_of_nobody(folder: Path) -> None:
    found = _json("show", folder, "1")
    assert "Milesight EM500-CO2" in found["suggested"]
    assert len(found["suggested"]) <= 5
    shown = _run("show", folder, "1").stdout
    assert f"could be of  {', '.join(found['suggested'])}: only its shape says so\n" in shown
    assert _json("show", folder, "183")["suggested"] == []
    assert "could be of" not in _run("show", folder, "183").stdout


def test_show_of_what_is_not_there_fails(folder: Path) -> None:
    done = _run("show", folder, "4711")
    assert done.exit_code == 1
    assert "4711 is not in quarantine" in done.stderr


def test_replay_after_the_fix_stores_what_can_be_stored(folder: Path) -> None:
    assert _json("replay", folder, code=1) == {
        "stored": 0, "left": 142, "consumers": {key: {"stored": 0, "left": 142} for key in CONSUMERS},
    }  # fmt: skip
    (folder.parent / "devices.csv").write_text("dev_eui,model\n02c1710000000001,Milesight EM500-CO2\n")
    config = folder.parent / "c.toml"
    config.write_text(f'data_dir = "{folder}"\n[devices]\nfile = "devices.csv"\n')
    done = CliRunner().invoke(main, ["quarantine", "replay", "-c", str(config), "--reason", "no_model", "--json"])
    each = {key: {"stored": 1, "left": 139} for key in CONSUMERS}
    assert (done.exit_code, json.loads(done.stdout)["consumers"]) == (1, each)
    assert read_state(folder, CONSUMERS).identity[:4] == (184, 42, 141, 0)
    assert verify(folder, CONSUMERS) == []
    shown = CliRunner().invoke(main, ["readings", "--data", str(folder), "--quantity", "co2", "--json"])
    assert [one["dev_eui"] for one in json.loads(shown.stdout)] == ["02c1710000000001"]


def test_purge_counts_as_evicted(folder: Path) -> None:
    assert _json("purge", folder, "--reason", "not_json", "--yes") == {
        "purged": 2, "consumers": {key: {"purged": 2} for key in CONSUMERS},
    }  # fmt: skip
    code, _, asked = _at_a_terminal(folder, b"n\n")
    assert code == 130
    assert "Give up 140 events for ever?" in asked
    code, table, _ = _at_a_terminal(folder, b"y\n")
    assert code == 0
    assert table.split()[-4:] == ["store", "140", "rollup", "140"]
    assert read_state(folder, CONSUMERS).identity == (184, 41, 0, 0, 1, 142)
    assert verify(folder, CONSUMERS) == []
    assert _run("list", folder).stdout == "nothing is in quarantine\n"
    assert _json("replay", folder)["left"] == 0


def _at_a_terminal(folder: Path, given: bytes) -> tuple[int, str, str]:
    """`purge --all` with somebody who can be asked: exit code, what it prints, what it says."""
    terminal, end = os.openpty()
    try:
        os.write(terminal, given)
        done = subprocess.run(
            [CITYLORA, "quarantine", "purge", "--data", folder, "--all"],
            stdin=end, capture_output=True, text=True, check=False, timeout=30,
        )  # fmt: skip
    finally:
        os.close(terminal)
        os.close(end)
    return done.returncode, done.stdout, done.stderr


def test_purge_without_a_terminal_has_to_be_told_yes(folder: Path) -> None:
    done = _run("purge", folder, "--all", given="y\n")
    assert done.exit_code == 2
    assert "give --yes" in done.stderr
    assert read_state(folder, CONSUMERS).identity.quarantined == 142


@pytest.mark.parametrize("arguments", [(), ("--reason", "x", "--all"), ("--all", "--json")])
def test_purge_wants_to_be_told_exactly(folder: Path, arguments: tuple[str, ...]) -> None:
    assert _run("purge", folder, *arguments).exit_code == 2
    assert read_state(folder, CONSUMERS).identity.quarantined == 142


@pytest.mark.parametrize("arguments", [("list",), ("show", "1"), ("replay",), ("purge", "--all", "--yes")])
def test_a_directory_that_never_received_anything_is_refused(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = CliRunner().invoke(main, ["quarantine", *arguments, "--data", str(tmp_path), "--json"])
    assert done.exit_code == 4
    assert "nothing was ever received" in json.loads(done.stdout)["error"]["message"]
    assert list(tmp_path.iterdir()) == []
