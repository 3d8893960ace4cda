"""`citylora status`: what it shows, when it says no, with a worker and without."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from ingest import control, data_dir
from ingest.alerts.rule import Severity
from ingest.cli import main
from ingest.disk import Disk
from ingest.ledger import Cursor, Ledger
from tests.fakes.alerting import DEPARTMENT, DUTY, ROOM, SECOND, alerts_db, change, disable, record, wait
from tests.fakes.derived import hour, log
from tests.servers.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

CITYLORA = Path(sys.executable).with_name("citylora")
EVENTS = Path(__file__).parents[1] / "wire" / "chirpstack" / "events.json.jsonl"
PROMISED = (
    "received", "stored", "quarantined", "pending", "duplicate", "evicted", "consumers", "disk_bytes", "healthy",
    "missing_fcnt", "incidents",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data directory that has taken the recorded events."""
    done = CliRunner().invoke(main, ["ingest", "--data", str(tmp_path / "data"), str(EVENTS)])
    assert done.exit_code == 0
    return tmp_path / "data"


def _status(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["status", *map(str, arguments)])


def _found(*arguments: object, code: int = 0) -> dict[str, Any]:
    done = _status(*arguments, "--json")
    assert (done.exit_code, done.stderr) == (code, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_json_has_the_promised_keys_and_counts(folder: Path) -> None:
    found = _found("--data", folder, "--verify")
    assert set(PROMISED) <= set(found)
    assert [found[name] for name in PROMISED[:6]] == [182, 41, 140, 0, 1, 0]
    store = found["consumers"]["store"]
    assert [store[name] for name in PROMISED[:6]] == [182, 41, 140, 0, 1, 0]
    assert (store["cursor"], store["lag_events"], store["oldest_pending"]) == (182, 0, None)
    assert store["stored_by_kind"] == {"ack": 1, "join": 4, "log": 21, "status": 5, "txack": 6, "up": 4}
    assert (found["healthy"], found["verify"], found["worker"], found["incidents"]) == (True, [], None, [])
    assert found["newest_uplink"].startswith("2026-11-22T00:34:57")
    assert found["disk_bytes"] >= found["disk"]["bytes"] > 0
    assert found["disk"]["full_in_hours"] > 0
    assert found["missing_fcnt"] >= 23  # README, fcnt_gap
    assert set(found["missing_by_cause"]) == {"radio", "network", "lost", "unknown"}
    assert sum(found["missing_by_cause"].values()) == found["missing_fcnt"]


def test_people_get_a_table(folder: Path) -> None:
    done = _status("--data", folder, "--verify")
    assert done.exit_code == 0
    header, whole, store, *_ = done.stdout.splitlines()
    assert header.split() == ["LEDGER", "RECEIVED", "STORED", "QUARANTINED", "PENDING", "DUPLICATE", "EVICTED"]
    assert whole.split() == ["all", "182", "41", "140", "0", "1", "0"]
    assert store.split() == ["store", "182", "41", "140", "0", "1", "0"]
    assert "everything agrees" in done.stdout
    assert done.stdout.endswith("\nhealthy\n")


def test_what_the_sinks_have_of_the_roll_ups_stands_beside_the_ledger(folder: Path) -> None:
    before = _found("--data", folder)["consumers"]["store"]["derived"]
    log(folder, [hour(1), hour(2)])
    found = _found("--data", folder, "--verify")
    derived = found["consumers"]["store"]["derived"]
    assert list(derived) == [
        "sent", "refused", "late", "pending", "given_up", "last_write", "refusal", "refused_at",
    ]  # fmt: skip
    assert derived == {**before, "pending": before["pending"] + 2}
    assert found["consumers"]["rollup"]["derived"] is None
    assert list(found["rollup"]) == ["closed_until"]
    with sqlite3.connect(folder / "store.db") as db:
        db.execute(
            "UPDATE derived_cursor SET sent = 5, refused = 3, refusal = 'type conflict', refused_at = 1000000000"
        )
    db.close()
    shown = _status("--data", folder).stdout
    assert f"derived rows: 5 sent, {derived['pending']} pending, 3 refused, last refused 1970-01-01T00:00:01Z:" in shown
    assert "\nroll-ups        " in shown


def test_without_roll_ups_nothing_is_said_of_them(folder: Path) -> None:
    config = folder.parent / "c.toml"
    config.write_text(f'data_dir = "{folder}"\n[rollup]\nenabled = false\n')
    found = _found("-c", config, "--verify")
    assert (found["rollup"], list(found["consumers"])) == (None, ["store"])
    assert found["consumers"]["store"]["derived"] is None
    shown = _status("-c", config).stdout
    assert "roll-ups" not in shown
    assert "derived" not in shown


def test_what_fires_and_how_the_departments_endpoints_are_stands_below(folder: Path) -> None:
    config = folder.parent / "c.toml"
    config.write_text(f'data_dir = "{folder}"\n[rollup]\nenabled = false\n{DEPARTMENT}')
    data_dir.open_consumer(folder, "alerts").close()
    with alerts_db(folder) as db:
        db.execute("UPDATE cursor SET seq = 182, ordinal = 181")
        Ledger(db).count({"stored.up": 41, "quarantined": 0, "evicted.gone": 140})
        record(db, change(1, Severity.DANGER), change(2, Severity.WARNING))
        wait(db, DUTY, 1)
        disable(db, ROOM, SECOND)
    found = _found("-c", config, code=1)
    assert list(found["consumers"]) == ["store", "alerts"]
    assert found["alerts"]["firing"] == {"danger": 1, "warning": 1, "info": 0}
    assert found["alerts"]["endpoints"][ROOM]["state"] == "disabled"
    assert found["alerts"]["endpoints"][ROOM]["since"] == "1970-01-01T00:00:01Z"
    assert found["consumers"]["alerts"]["derived"] is None  # there are no roll-ups
    rows = found["consumers"]["store"]["alert_rows"]
    assert (rows["sent"], rows["pending"], found["consumers"]["alerts"]["alert_rows"]) == (0, 2, None)
    disabled, waits = found["unhealthy"][-2:]
    assert disabled.startswith(f"endpoint {ROOM} is disabled, and 0 messages wait: 410 Gone (ask who runs it, then")
    assert waits == "no worker runs, and 1 message to departments waits"
    shown = _status("-c", config).stdout
    assert "\nalerts          2 fire (1 danger, 1 warning)\n" in shown
    assert f"\nendpoint        {ROOM} disabled since 1970-01-01T00:00:01Z: 410 Gone\n" in shown
    assert "\n                alert rows: 0 sent, 2 pending\n" in shown


def test_where_nothing_is_watched_nothing_is_said_of_alerts(folder: Path) -> None:
    found = _found("--data", folder)
    assert (found["alerts"], found["consumers"]["store"]["alert_rows"]) == (None, None)
    assert "alert" not in _status("--data", folder).stdout


def test_a_lost_event_is_unhealthy(folder: Path) -> None:
    with sqlite3.connect(folder / "store.db") as db:
        db.execute("DELETE FROM quarantine WHERE seq = 1")
    db.close()
    found = _found("--data", folder, "--verify", code=1)
    assert found["healthy"] is False
    assert any("140 events counted in quarantine, 139 are there" in why for why in found["verify"])
    assert set(found["verify"]) <= set(found["unhealthy"])


def test_without_a_worker_pending_events_are_unhealthy(folder: Path) -> None:
    db = data_dir.open_consumer(folder, "influxdb")
    db.close()
    config = folder.parent / "c.toml"
    config.write_text(f'data_dir = "{folder}"\n[sinks.influxdb]\nurl = "http://127.0.0.1:1"\ndatabase = "city"\n')
    found = _found("-c", config, code=1)
    assert (found["pending"], found["consumers"]["influxdb"]["lag_events"]) == (181, 181)
    assert found["oldest_pending"].startswith("2026-11-22T00:32:41")
    assert found["unhealthy"] == ["no worker runs, and 181 events are pending"]


def test_a_directory_without_a_journal_is_refused(tmp_path: Path) -> None:
    done = _status("--data", tmp_path, "--json")
    assert done.exit_code == 4
    assert "no journal" in json.loads(done.stdout)["error"]["message"]


def test_watch_and_json_exclude_each_other(folder: Path) -> None:
    assert _status("--data", folder, "--watch", "--json").exit_code == 2


def test_watch_ends_with_ctrl_c(folder: Path) -> None:
    with subprocess.Popen(
        [CITYLORA, "status", "--data", folder, "--watch"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        seen = 0
        while seen < 2:
            line = process.stdout.readline()
            assert line
            seen += line == b"healthy\n"
        process.send_signal(signal.SIGINT)
        _, complaint = process.communicate(timeout=10)
    assert (process.returncode, complaint) == (0, b"")


@pytest.fixture
def worker(folder: Path) -> Iterator[Path]:
    """The configuration of a real worker whose broker is not there."""
    config = folder.parent / "worker.toml"
    config.write_text(
        f'data_dir = "{folder}"\n[[broker]]\nname = "gone"\nhost = "127.0.0.1"\nport = {free_port()}\n'
        '[[lns]]\nname = "cs"\n[devices]\nfile = "devices.csv"\n'
    )
    (folder.parent / "devices.csv").write_text("dev_eui,model\n")
    with subprocess.Popen([CITYLORA, "run", "-c", config], stderr=subprocess.DEVNULL) as process:
        try:
            deadline = time.monotonic() + 20
            while control.ask(folder / data_dir.SOCKET, "status") is None:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield config
        finally:
            # A signal that comes while it wakes up still ends it.
            process.send_signal(signal.SIGCONT)
            process.terminate()
            try:
                assert process.wait(15) == 0
            finally:
                process.kill()


def test_with_a_worker(worker: Path) -> None:
    found = _found("-c", worker, code=1)
    pid = found["worker"]["pid"]
    assert (found["worker"]["blocked"], found["worker"]["brokers"]) == ("", {"gone": False})
    assert found["unhealthy"] == ["broker gone is not connected"]

    refused = CliRunner().invoke(main, ["ingest", "-c", str(worker), str(EVENTS)])
    assert refused.exit_code == 4
    assert f"in use by process {pid}" in refused.stderr

    # The quarantine is changed by the worker itself.
    (worker.parent / "devices.csv").write_text("dev_eui,model\n02c1710000000001,Milesight EM500-CO2\n")
    signal_worker = ["kill", "-HUP", str(pid)]
    subprocess.run(signal_worker, check=True)
    deadline = time.monotonic() + 20
    while (done := _quarantine("replay", worker))["stored"] == 0:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    each = {key: {"stored": 1, "left": 139} for key in ["store", "rollup"]}
    assert done == {"stored": 1, "left": 139, "consumers": each}
    assert _quarantine("purge", worker, "--all", "--yes")["purged"] == 139
    found = _found("-c", worker, "--verify", code=1)
    assert [found[name] for name in PROMISED[:6]] == [182, 42, 0, 0, 1, 139]
    assert found["verify"] == []

    # One that hangs is told from one that is not there.
    subprocess.run(["kill", "-STOP", str(pid)], check=True)
    while "State:\tT" not in Path(f"/proc/{pid}/status").read_text("utf-8"):
        assert time.monotonic() < deadline + 20
        time.sleep(0.01)
    assert "the worker did not answer" in _found("-c", worker, code=1)["unhealthy"][0]
    for verb, more in (("replay", ()), ("purge", ("--all", "--yes"))):
        began = time.monotonic()
        silent = CliRunner().invoke(main, ["quarantine", verb, "-c", str(worker), *more])
        assert (silent.exit_code, time.monotonic() - began < 10) == (1, True)
        assert "error: the worker did not answer within 3 s" in silent.stderr


def _quarantine(verb: str, config: Path, *arguments: str) -> dict[str, Any]:
    done = CliRunner().invoke(main, ["quarantine", verb, "-c", str(config), *arguments, "--json"])
    assert done.stderr == ""
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_alarm_is_about_what_is_pending() -> None:
    archive = Disk(total=100, used=99, cap=100, pending=0, growth=1.0)
    assert (archive.alarm, archive.percent, archive.full_in_hours) == (0, 99.0, 100 / 3600)
    assert [archive._replace(pending=pending).alarm for pending in (49, 50, 74, 75, 89, 90, 120)] == [
        0, 50, 50, 75, 75, 90, 90,
    ]  # fmt: skip
    assert archive._replace(pending=40).full_in_hours == 60 / 3600
    assert archive._replace(growth=None).full_in_hours is None


def test_a_journal_full_of_pending_events_is_unhealthy(folder: Path) -> None:
    config = folder.parent / "small.toml"
    config.write_text(f'data_dir = "{folder}"\n[journal]\nmax_size = "64 MiB"\n')
    assert _found("-c", config)["disk"]["alarm"] == 0
    from ingest.disk import read_disk  # noqa: PLC0415

    disk = read_disk(folder, 64 * 1024, Cursor(0, 0).seq)
    assert disk.pending == disk.used
    assert read_disk(folder, 64 * 1024, 182).pending == 0
    assert 0.4 < read_disk(folder, 64 * 1024, 91).pending / disk.used < 0.6
