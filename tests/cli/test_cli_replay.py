"""`citylora replay` on the command line; what it does to rows is in tests/ingest/test_replay.py."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ingest.cli import main, replay
from ingest.errors import CityloraError
from tests.fakes.house import House
from tests.fakes.uplinks import SECOND, START, city, uplink


def test_a_directory_that_never_received_anything_is_refused_and_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    result = CliRunner().invoke(main, ["replay", "--data", str(folder), "--json"])
    assert result.exit_code == 4
    assert json.loads(result.stdout)["error"]["kind"] == "data_dir"
    assert not folder.exists()


def test_a_sink_that_cannot_be_asked_keeps_no_other_from_its_replay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with House(tmp_path / "data") as house:
        house.take(city(20))
        house.drain()
    config = tmp_path / "c.toml"
    config.write_text(
        f'data_dir = "{tmp_path / "data"}"\n[sinks.store]\nenabled = true\n'
        '[sinks.influxdb]\nurl = "http://127.0.0.1:1"\ndatabase = "city"\n'
    )
    asked, real = [], replay._replay

    def away(step: Any, question: dict[str, Any], name: str) -> dict[str, Any]:
        asked.append(name)
        if name == "influxdb":
            raise CityloraError("no answer", "start it")
        return real(step, question, name)

    monkeypatch.setattr("ingest.cli.replay._replay", away)
    done = CliRunner().invoke(main, ["replay", "-c", str(config)])
    assert (done.exit_code, sorted(asked)) == (1, ["influxdb", "store"])
    assert "store: 2" in done.stdout
    assert "20 events" in done.stdout
    assert "error: influxdb: no answer (start it)\n" in done.stderr
    assert "--resume" in done.stderr


def test_where_rows_have_changed_it_says_how_hours_and_days_follow(tmp_path: Path) -> None:
    with House(tmp_path / "data") as house:
        house.take([uplink(number, at=START + number * SECOND, model=None) for number in range(3)])
        house.drain()
    sheet, config = tmp_path / "devices.csv", tmp_path / "c.toml"
    sheet.write_text("dev_eui,model\n02c1710000000001,milesight/em500-co2\n")
    config.write_text(f'data_dir = "{tmp_path / "data"}"\n[devices]\nfile = "{sheet}"\n[sinks.store]\nenabled = true\n')
    for more, said in (["--dry-run"], False), ([], True), ([], False):
        done = CliRunner().invoke(main, ["replay", "--json", *more, "-c", str(config)])
        report = json.loads(done.stdout)["consumers"]["store"]
        assert bool(report["fields"]) == (said or more == ["--dry-run"])
        assert ("hours and days of sites follow" in done.stderr) == said
        assert f"--since {report['since']} --until {report['until']}`" in done.stderr or not said
