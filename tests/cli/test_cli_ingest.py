"""`citylora ingest`: recorded events by the path of live ones, each once however often they are given."""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from gateways import rfc3339
from ingest import control, data_dir
from ingest.audit.verify import verify
from ingest.cli import main
from ingest.delivered import delivered
from ingest.rollup.derived_log import DerivedReader
from ingest.rollup.progress import read_progress
from ingest.rollup.reading import open_rollups
from ingest.status import read_state
from tests.fakes.uplinks import uplink
from tests.servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers import Database

CITYLORA = Path(sys.executable).with_name("citylora")
EVENTS = Path(__file__).parents[1] / "wire" / "chirpstack" / "events.json.jsonl"
START = rfc3339.parse("2026-11-22T00:00:00Z")
COUNTERS = ("received", "stored", "quarantined", "pending", "duplicate", "evicted")
UP = "application/1/device/02c1710000000001/event/up"


def _run(*arguments: object, given: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["ingest", *map(str, arguments)], input=given)


def _ledger(done: Result) -> dict[str, Any]:
    assert (done.exit_code, done.stderr) == (0, "")
    ledger: dict[str, Any] = json.loads(done.stdout)
    assert ledger["received"] == sum(ledger[name] for name in COUNTERS[1:])
    return ledger


def _written(path: Path, *lines: object) -> Path:
    text = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    path.write_bytes(b"\n".join(text) + b"\n")
    return path


def _received(folder: Path) -> int:
    return read_state(folder, ["store"]).identity.received


def _up(f_cnt: int, **more: object) -> str:
    device = {"devEui": "02c1710000000001"}
    return json.dumps(
        {"deviceInfo": device, "deduplicationId": f"d{f_cnt}", "devAddr": "01000101", "fCnt": f_cnt, **more}
    )


def test_the_recorded_events_are_all_accounted_for_and_a_second_time_stores_nothing(tmp_path: Path) -> None:
    first = _ledger(_run("--data", tmp_path, EVENTS, "--json"))
    # 37 notices and four uplinks without payload; the rest has no model, but for one repeat (README, fcnt_skip_check).
    assert {name: first[name] for name in COUNTERS} == {
        "received": 182, "stored": 41, "quarantined": 140, "pending": 0, "duplicate": 1, "evicted": 0,
    }  # fmt: skip
    assert first["files"] == [{"file": EVENTS.name, "lines": 182}]
    again = _ledger(_run("--data", tmp_path, EVENTS, "--json"))
    assert (again["received"], again["duplicate"]) == (182, 182)
    assert verify(tmp_path, ["store"]) == []


def test_a_recording_in_protobuf_is_accounted_for_as_one_in_json_is(tmp_path: Path) -> None:
    """One notice less, whose command was in JSON, and one uplink more, whose object JSON cannot carry (README)."""
    ledger = _ledger(_run("--data", tmp_path, EVENTS.with_name("events.protobuf.jsonl"), "--json"))
    assert {name: ledger[name] for name in COUNTERS} == {
        "received": 182, "stored": 40, "quarantined": 141, "pending": 0, "duplicate": 1, "evicted": 0,
    }  # fmt: skip
    assert verify(tmp_path, ["store"]) == []


def test_a_device_sheet_of_the_configuration_decodes_them(tmp_path: Path) -> None:
    (tmp_path / "devices.csv").write_text("dev_eui,model\n02c1710000000001,Milesight EM500-CO2\n")
    config = tmp_path / "c.toml"
    config.write_text('data_dir = "data"\n[devices]\nfile = "devices.csv"\n[[broker]]\nname = "b"\nhost = "nowhere"\n'
                      '[[lns]]\nname = "cs"\n')  # fmt: skip
    ledger = _ledger(_run("-c", config, EVENTS, "--json"))
    assert (ledger["stored"], ledger["quarantined"]) == (42, 139)
    assert (tmp_path / "data" / "store.db").exists()


def test_a_line_that_is_no_event_is_received_and_quarantined(tmp_path: Path) -> None:
    good = {"topic": UP, "payload": _up(1), "received_at": "2026-11-22T00:00:00Z"}
    file = _written(
        tmp_path / "mixed.jsonl", b"\xef\xbb\xbfno event", b"", good, b'{"deviceInfo":{}}', b"\xff\x01", b'{"topic":'
    )
    ledger = _ledger(_run("--data", tmp_path / "d", file, "--json"))
    assert (ledger["received"], ledger["stored"], ledger["quarantined"]) == (5, 1, 4)
    held = json.loads(CliRunner().invoke(main, ["quarantine", "list", "--data", str(tmp_path / "d"), "--json"]).stdout)
    assert {one["reason"]: one["count"] for one in held} == {"not_json": 3, "wrong_shape": 1}
    # They are dated by the event beside them: the newest uplink is not today's.
    assert read_state(tmp_path / "d", ["store"]).newest == START


def test_without_any_time_nothing_is_stored_unless_one_is_assumed(tmp_path: Path) -> None:
    timed = {"topic": UP, "payload": _up(1, rxInfo=[{"nsTime": "2026-11-22T00:00:00Z"}])}
    untimed = {"topic": UP, "payload": _up(2)}
    file = _written(tmp_path / "f.jsonl", timed, untimed, untimed)
    refused = _run("--data", tmp_path / "d", file)
    assert refused.exit_code == 1
    assert "f.jsonl line 2 and 1 more" in refused.stderr
    assert "--assume-time" in refused.stderr
    assert not (tmp_path / "d").exists()
    assert _ledger(_run("--data", tmp_path / "a", _written(tmp_path / "g.jsonl", timed), "--json"))["stored"] == 1
    ledger = _ledger(_run("--data", tmp_path / "d", file, "--assume-time", "2026-11-23T07:00:00+07:00", "--json"))
    assert (ledger["stored"], ledger["duplicate"]) == (2, 1)
    done = CliRunner().invoke(main, ["readings", "--data", str(tmp_path / "d"), "--quantity", "f_cnt", "--json"])
    assert [(one["value"], one["received_at"]) for one in json.loads(done.stdout)] == [
        (2.0, "2026-11-23T00:00:00Z"),
        (1.0, "2026-11-22T00:00:00Z"),
    ]
    assert _run("--data", tmp_path / "d", file, "--assume-time", "noon").exit_code == 2


def test_a_pipe_is_read_whole(tmp_path: Path) -> None:
    with EVENTS.open("rb") as file, subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE) as cat:
        done = subprocess.run(
            [CITYLORA, "ingest", "--data", tmp_path, "-", "--json"], stdin=cat.stdout, capture_output=True, check=True
        )
    ledger = json.loads(done.stdout)
    assert (ledger["received"], ledger["files"]) == (182, [{"file": "stdin", "lines": 182}])
    assert done.stderr == b""


def test_a_directory_in_use_is_refused_by_name(tmp_path: Path) -> None:
    with data_dir.Lock(tmp_path):
        done = _run("--data", tmp_path, EVENTS, "--json")
    assert done.exit_code == 4
    error = json.loads(done.stdout)["error"]
    assert f"in use by process {os.getpid()}" in error["message"]
    assert "stop that worker" in error["hint"]


@pytest.mark.parametrize(("number", "more"), [(signal.SIGINT, ()), (signal.SIGTERM, ("--json",))])
def test_a_signal_ends_it_cleanly_and_the_next_run_takes_the_rest(
    tmp_path: Path, number: signal.Signals, more: tuple[str, ...]
) -> None:
    file = _written(tmp_path / "long.jsonl", *_long(40_000))
    folder = tmp_path / "d"
    with subprocess.Popen(
        [CITYLORA, "ingest", "--data", folder, file, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 30
        # The socket is there once the files are.
        while control.ask(folder / data_dir.SOCKET, "status") is None or not _received(folder):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(number)
        answer, complaint = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "run it again for the rest" in complaint
    assert not more or json.loads(answer)["error"]["kind"] == "interrupted"
    assert not (folder / data_dir.SOCKET).exists()
    assert 0 < _received(folder) < 40_000
    assert verify(folder, ["store"]) == []
    rest = _ledger(_run("--data", folder, file, "--json"))
    assert rest["stored"] + rest["duplicate"] == 40_000
    identity = read_state(folder, ["store"]).identity
    assert (identity.stored, identity.pending, identity.quarantined) == (40_000, 0, 0)
    assert verify(folder, ["store"]) == []


def _long(count: int, *, noise: int = 0) -> Iterator[dict[str, Any]]:
    """Uplinks a second apart; `noise` digits in each that nothing can compress."""
    dice = random.Random(1)
    for number in range(count):
        payload = _up(number, noise=dice.randbytes(noise // 2).hex())
        yield {"topic": UP, "payload": payload, "received_at": rfc3339.render(START + number * 1_000_000_000)}


@contextmanager
def _running(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """`citylora ingest` in a process of its own, which does not outlive a test that fails."""
    with subprocess.Popen([CITYLORA, "ingest", *map(str, arguments)], stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_a_sink_that_is_away_is_waited_for_and_lacks_nothing_afterwards(tmp_path: Path, database: Database) -> None:
    """More than the journal may hold: what is given up for the sink would come back as a duplicate, and never to it."""
    file = _written(tmp_path / "long.jsonl", *_long(12_000, noise=600))
    config = tmp_path / "c.toml"
    text = 'data_dir = "d"\n[journal]\nmax_size = "1 MiB"\n[sinks.influxdb]\nurl = "{}"\ndatabase = "{}"\n'
    config.write_text(text.format(f"http://127.0.0.1:{free_port()}", database.name))
    with _running("-c", config, file) as process:
        assert process.stderr is not None
        said = [process.stderr.readline() for _ in range(2)]
        assert "refused" in said[0], said
        assert said[1] == "waiting: influxdb cannot be written now; Ctrl-C ends it, run it again for the rest\n", said
        time.sleep(2.0)  # for a journal that gives up: it looks twice a second
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        last = process.stderr.read().splitlines()[0]
        assert process.wait(15) == 130
    assert time.monotonic() - began < 10
    assert re.fullmatch(r"(\d+) received, 0 stored, 0 quarantined, \1 pending, 0 duplicate, 0 evicted; run it .*", last)
    config.write_text(text.format(database.server.url, database.name))
    ledger = _ledger(_run("-c", config, file, "--json"))
    assert (ledger["received"], ledger["pending"], ledger["evicted"]) == (12_000, 0, 0)
    assert database.count("radio", "f_cnt") == 12_000
    assert verify(tmp_path / "d", ["influxdb"]) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [(gzip.compress(b"{}", mtime=0), "is compressed with gzip"), (b"SQLite format 3\x00\x10", "is no text")],
    ids=["gzip", "a database"],
)
def test_a_file_that_is_no_text_is_refused_before_anything_is_stored(
    tmp_path: Path, content: bytes, words: str
) -> None:
    file = tmp_path / "f.jsonl.gz"
    file.write_bytes(content)
    for done in (
        _run("--data", tmp_path / "d", EVENTS, file, "--assume-time", "NOW"),
        _run("--data", tmp_path / "d", "-", given=content),
    ):
        assert done.exit_code == 1
        assert words in done.stderr
        assert "`zcat FILE | citylora ingest -`" in done.stderr
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize("name", ["ingest", "status", "readings", "quarantine"])
def test_the_help_has_an_example(name: str) -> None:
    done = CliRunner().invoke(main, [name, "--help"])
    assert done.exit_code == 0
    assert f"\n  Example:\n    citylora {name} " in done.stdout


def test_hours_and_days_that_are_over_are_made_and_delivered_before_it_ends(tmp_path: Path) -> None:
    hour = 3_600_000_000_000
    events = [uplink(number, at=START - (200 * 24 - number) * hour) for number in range(24 * 5)]
    lines = [
        {"topic": one.topic, "payload": one.payload.decode(), "received_at": rfc3339.render(one.arrived_at)}
        for one in events
    ]
    _ledger(_run("--data", tmp_path / "d", _written(tmp_path / "f.jsonl", *lines), "--json"))
    found = read_progress(tmp_path / "d")
    assert found is not None
    assert found.hours is not None
    assert found.hours >= START - hour  # though the last value is of months before
    assert (found.dirty, found.sites) == (0, 1)
    with (
        closing(open_rollups(tmp_path / "d") or pytest.fail("no roll-ups")) as rollups,
        closing(DerivedReader(tmp_path / "d")) as derived,
        closing(data_dir.read_consumer(tmp_path / "d", "store")) as store,
    ):
        assert len(rollups.days("cau-rong", 0, START)) in {5, 6}
        assert derived.pending(delivered(store).seq) == 0
