"""`citylora backup` and `citylora restore`, and that every other command gets along with a restored directory."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from ingest.cli import main
from ingest.journal.writer import FILE
from tests.fakes.house import House
from tests.fakes.uplinks import city

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def run(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, [str(one) for one in arguments])


@pytest.fixture
def restored(tmp_path: Path) -> Path:
    """A data directory that was backed up and restored by the commands: `one` is the first, `two` the other."""
    with House(tmp_path / "one") as house:
        for seed in range(5):
            house.take(city(1000, seed=seed))
        house.drain()
    done = run("backup", tmp_path / "copy", "--data", tmp_path / "one")
    assert (done.exit_code, "5000 events up to number 5000, 2 files" in done.stdout) == (0, True), done.output
    done = run("restore", tmp_path / "copy", "--into", tmp_path / "two")
    assert (done.exit_code, "5000 events up to number 5000, as of 2" in done.stdout) == (0, True), done.output
    return tmp_path / "two"


def test_what_it_tells_a_script(tmp_path: Path) -> None:
    with House(tmp_path / "one") as house:
        house.take(city(10))
    made = json.loads(run("backup", tmp_path / "copy", "--data", tmp_path / "one", "--json").stdout)
    assert (made["seq"], made["received"], made["consumers"], made["verified"]) == (10, 10, {"store": 0}, True)
    assert [(one["name"], len(one["sha256"])) for one in made["files"]] == [("store.db", 64), (FILE, 64)]
    (tmp_path / "x.toml").write_text('data_dir = "two"')
    done = json.loads(run("restore", tmp_path / "copy", "-c", tmp_path / "x.toml", "--json").stdout)
    assert done["data_dir"] == str(tmp_path / "two")
    assert (done["seq"], done["received"], done["verified"]) == (10, 10, True)
    assert done["next_seq"] > 1_700_000_000_000_000


def test_a_restored_directory_is_healthy_and_says_that_it_was_restored(restored: Path) -> None:
    (restored.parent / "x.toml").write_text(f'data_dir = "{restored}"\n[journal]\nmax_size = "1MiB"\n')
    for options in ((), ("--verify",)):
        found = json.loads(run("status", "--json", "-c", restored.parent / "x.toml", *options).stdout)
        assert (found["healthy"], found["unhealthy"]) == (True, [])
        assert found["disk"]["pending_bytes"] == 0
        assert [(one["kind"], one["source"]) for one in found["incidents"]] == [("restored", "backup")]


def test_events_are_ingested_into_a_restored_directory_and_counted_right(restored: Path, tmp_path: Path) -> None:
    with House(tmp_path / "other") as house:
        house.take([*city(100, seed=4), *city(300, seed=9)])
    assert run("export", "--data", tmp_path / "other", "-o", tmp_path / "events").exit_code == 0
    taken = json.loads(run("ingest", "--data", restored, tmp_path / "events", "--json").stdout)
    assert (taken["received"], taken["stored"], taken["duplicate"], taken["pending"]) == (400, 300, 100, 0)
    found = json.loads(run("status", "--verify", "--json", "--data", restored).stdout)
    assert (found["healthy"], found["received"]) == (True, 5400)
    exported = [json.loads(line)["seq"] for line in run("export", "--data", restored).stdout.splitlines()]
    assert exported[:5000] == list(range(1, 5001))
    assert exported[5000:] == list(range(exported[5000], exported[5000] + 400))
    assert exported[5000] > 1_700_000_000_000_000


def test_a_damaged_backup_is_refused_with_the_name_of_the_file(restored: Path, tmp_path: Path) -> None:
    body = bytearray((tmp_path / "copy" / FILE).read_bytes())
    body[5000] ^= 1
    (tmp_path / "copy" / FILE).write_bytes(body)
    done = run("restore", tmp_path / "copy", "--into", tmp_path / "three")
    assert done.exit_code == 4
    assert f"error: the backup's file {tmp_path / 'copy' / FILE} is damaged: its SHA-256" in done.stderr
    assert not (tmp_path / "three" / FILE).exists()
    done = run("restore", tmp_path / "copy", "--into", restored, "--json")
    assert (done.exit_code, "is not empty" in json.loads(done.stdout)["error"]["message"]) == (4, True)


def test_where_there_is_nothing(tmp_path: Path) -> None:
    done = run("backup", tmp_path / "copy", "--data", tmp_path)
    assert (done.exit_code, "there is nothing to copy" in done.stderr) == (4, True)
    done = run("restore", tmp_path, "--into", tmp_path / "two")
    assert (done.exit_code, "is no backup" in done.stderr) == (4, True)
    assert not (tmp_path / "two").exists()
