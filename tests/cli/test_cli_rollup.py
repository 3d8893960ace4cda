"""`citylora rollup` on the command line; what it makes is in tests/ingest/test_rollup_*.py."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from ingest.cli import main
from ingest.data_dir import open_consumer
from ingest.rollup.progress import read_progress
from ingest.rollup.reading import open_rollups
from ingest.rollup.too_late import note
from tests.fakes.house import House, Way
from tests.fakes.rollups import HOUR, ZONE
from tests.fakes.uplinks import START, city


def filled(folder: Path) -> None:
    """A data directory with two days of a small city, none of whose hours is closed yet."""
    from ingest.rollup.sink import RollupSink  # noqa: PLC0415

    with House(folder, {"rollup": Way(lambda db: RollupSink(db, ZONE, lambda: START + 60 * HOUR))}) as house:
        house.take(city(200, devices=3, rate=200 / (48 * 3600)))
        house.drain()
        while house.consumers["rollup"].idle(caught_up=True):
            pass


def test_a_directory_without_roll_ups_says_so(tmp_path: Path) -> None:
    with House(tmp_path / "data"):
        pass
    for command in (["rollup", "status"], ["rollup", "rebuild"]):
        result = CliRunner().invoke(main, [*command, "--data", str(tmp_path / "data")])
        assert result.exit_code == 1
        assert "there are no roll-ups" in result.stderr
        assert "correct -c or --data, or start it once" in result.stderr


def test_the_state_is_told_in_words_and_as_json(tmp_path: Path) -> None:
    filled(tmp_path / "data")
    told = CliRunner().invoke(main, ["rollup", "status", "--data", str(tmp_path / "data")])
    assert told.exit_code == 0
    assert told.stdout.startswith("hours closed until 2026-09-")
    found = json.loads(
        CliRunner().invoke(main, ["rollup", "status", "--data", str(tmp_path / "data"), "--json"]).stdout
    )
    assert found["sites"] > 1
    assert found["too_late"] == 0
    assert found["hours"].endswith(":00:00Z")


def test_a_rebuild_without_a_worker_makes_all_of_it_again(tmp_path: Path) -> None:
    filled(tmp_path / "data")
    result = CliRunner().invoke(main, ["rollup", "rebuild", "--data", str(tmp_path / "data"), "--json"])
    assert result.exit_code == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["events"] == 200
    assert report["made"] > 50
    assert report["since"] < report["until"]


def test_a_range_that_ends_before_it_begins_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["rollup", "rebuild", "--data", str(tmp_path), "--since", "1h", "--until", "2h"])
    assert result.exit_code == 2
    assert "--since is not before --until" in result.stderr


def test_where_they_are_switched_off_nothing_is_rebuilt(tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f'data_dir = "{tmp_path / "data"}"\n[rollup]\nenabled = false\n')
    result = CliRunner().invoke(main, ["rollup", "rebuild", "-c", str(config)])
    assert result.exit_code == 1
    assert "enabled = true" in result.stderr


def test_a_site_that_nobody_knows_is_refused_with_a_near_one(tmp_path: Path) -> None:
    filled(tmp_path / "data")
    with closing(open_rollups(tmp_path / "data") or pytest.fail("no roll-ups")) as rollups:
        site = rollups.sites()[0]
    result = CliRunner().invoke(main, ["rollup", "rebuild", "--data", str(tmp_path / "data"), "--site", site + "x"])
    assert result.exit_code == 1
    assert f"there is no site '{site}x'" in result.stderr
    assert "did you mean" in result.stderr


def test_without_a_range_the_first_hour_that_was_made_is_told(tmp_path: Path) -> None:
    filled(tmp_path / "data")
    result = CliRunner().invoke(main, ["rollup", "rebuild", "--data", str(tmp_path / "data")])
    assert result.stdout.startswith("2026-09-2"), result.stderr


def test_what_came_too_late_asks_for_a_rebuild_until_one_has_reached_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    filled(folder)
    with closing(open_consumer(folder, "rollup")) as db:
        note(db, [START + HOUR, START + 2 * HOUR])
        db.commit()
    base = ["--data", str(folder)]

    def too_late() -> int:
        found = read_progress(folder)
        assert found is not None
        return found.too_late

    told = CliRunner().invoke(main, ["rollup", "status", *base])
    assert "2 came too late\n`citylora rollup rebuild` brings them in" in told.stdout
    assert CliRunner().invoke(main, ["rollup", "rebuild", *base, "--since", "2026-09-23T00:00:00Z"]).exit_code == 0
    assert too_late() == 2
    assert CliRunner().invoke(main, ["rollup", "rebuild", *base]).exit_code == 0
    assert too_late() == 0
    assert "rebuild" not in CliRunner().invoke(main, ["rollup", "status", *base]).stdout
