"""`citylora status --verify` says by its exit code whether anything is missing. What it finds is in test_mutation."""

import json
from pathlib import Path

from click.testing import CliRunner

from ingest.cli import main
from tests.fakes.house import House
from tests.fakes.uplinks import city, raw


def verified(folder: Path) -> tuple[int, dict[str, object]]:
    """Exit code and JSON of the command, for a store of its own."""
    config = folder / "citylora.toml"
    config.write_text(f'data_dir = "{folder / "data"}"\n')
    result = CliRunner().invoke(main, ["status", "--verify", "--json", "-c", str(config)])
    return result.exit_code, json.loads(result.stdout)


def test_an_honest_ledger_exits_with_0(tmp_path: Path) -> None:
    with House(tmp_path / "data") as house:
        house.take([*city(20), raw(b"{")])
        house.drain()
    code, found = verified(tmp_path)
    assert code == 0
    assert (found["received"], found["stored"], found["quarantined"], found["healthy"]) == (21, 20, 1, True)


def test_an_event_that_was_dropped_on_purpose_exits_with_1(tmp_path: Path) -> None:
    with House(tmp_path / "data") as house:
        decoded = house.feed._decoded
        house.feed._decoded = lambda *block: decoded(*block)[1:]  # type: ignore[method-assign]
        house.take(city(20))
        house.drain()
    code, found = verified(tmp_path)
    assert code == 1
    assert found["healthy"] is False
