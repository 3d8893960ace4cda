"""`citylora run`: what it refuses before it takes anything, and what its log says of a broker."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from ingest.cli import main
from tests.e2e.harness import Site, until
from tests.servers import Mosquitto, free_port

if TYPE_CHECKING:
    from click.testing import Result

EVENTS = Path(__file__).parents[1] / "wire" / "chirpstack" / "events.json.jsonl"


def citylora(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, [*map(str, arguments)])


def test_without_a_broker_there_is_nothing_to_run(tmp_path: Path) -> None:
    done = citylora("run", "--data", tmp_path)
    assert done.exit_code == 3
    assert "no broker is configured" in done.stderr
    assert "[[broker]]" in done.stderr


@pytest.mark.parametrize("left", [b"", None], ids=["an empty journal", "no journal"])
def test_a_journal_that_is_behind_its_sinks_is_refused_rather_than_skipped(tmp_path: Path, left: bytes | None) -> None:
    assert citylora("ingest", "--data", tmp_path, EVENTS).exit_code == 0
    for path in tmp_path.glob("journal.db*"):
        path.unlink()
    if left is not None:
        (tmp_path / "journal.db").write_bytes(left)
    done = citylora("ingest", "--data", tmp_path, EVENTS, "--json")
    assert done.exit_code == 4
    error = json.loads(done.stdout)["error"]
    assert "store has read 182 events, but the journal has only 0" in error["message"]
    assert "whole data directory" in error["hint"]


def test_the_log_names_what_a_broker_does_once_for_each_cause(tmp_path: Path) -> None:
    site = Site(tmp_path, free_port(), None)
    with site.worker() as worker:
        worker.until_answering()
        until(lambda: site.received() == 0 and site.incidents().get("connect_failed", 0) >= 2, "it has tried twice")
        assert worker.words().count("connect_failed") == 1
        with Mosquitto(tmp_path / "broker", site.port):
            worker.until_subscribed()
            until(lambda: '"event": "broker subscribed"' in worker.words(), "the end of it is logged")
        until(lambda: "connection_lost" in worker.words(), "the loss is logged")
        worker.finish()
