"""What the doctor says of ChirpStack's and Mosquitto's own files: each check both ways."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ingest.doctor import chirpstack_file, mosquitto_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ingest.doctor.finding import Finding, Told

REGION = """
[[regions]]
id = "as923_2"
common_name = "AS923_2"
[regions.gateway.backend]
enabled = "mqtt"
[regions.gateway.backend.mqtt]
topic_prefix = "as923_2"
"""
KEPT = 'qos = 1\nclient_id = "chirpstack-as923_2"\nsession_expiry_interval = "1h"\n'
MAIN = '[network]\nenabled_regions = ["as923_2"]\n[integration]\nenabled = ["mqtt"]\n[integration.mqtt]\n'


def told(findings: Iterable[Finding]) -> dict[str, Told]:
    found = list(findings)
    assert all(one.told("vi").observed for one in found)
    return {one.check: one.told("en") for one in found}


def chirpstack(folder: Path, main: str = "", region: str = "") -> dict[str, Told]:
    (folder / "chirpstack.toml").write_text(MAIN + main)
    (folder / "region_as923_2.toml").write_text(REGION + region)
    (folder / "region_eu868.toml").write_text(REGION.replace("as923_2", "eu868"))  # which is not enabled
    return told(chirpstack_file.check(folder))


@pytest.mark.parametrize(("line", "state"), [("", "fail"), ("qos = 0", "fail"), ("qos = 1", "ok"), ("qos = 2", "ok")])
def test_the_qos_of_events(tmp_path: Path, line: str, state: str) -> None:
    assert chirpstack(tmp_path, line)["QoS of events, as configured"].state == state


@pytest.mark.parametrize("enabled", ["", "enabled = []\n", 'enabled = ["postgresql"]\n'])
def test_without_the_mqtt_integration_no_event_is_published(tmp_path: Path, enabled: str) -> None:
    (tmp_path / "chirpstack.toml").write_text(f"[integration]\n{enabled}[integration.mqtt]\nqos = 1\n")
    found = told(chirpstack_file.check(tmp_path))["QoS of events, as configured"]
    assert found.state == "fail"
    assert "publishes no event" in found.observed


@pytest.mark.parametrize(
    ("region", "lacking"),
    [
        (KEPT, ""),
        ("", "as923_2 (qos, client_id, session_expiry_interval)"),
        (KEPT.replace("qos = 1", ""), "as923_2 (qos)"),
        (KEPT.replace("1h", "0s"), "as923_2 (session_expiry_interval)"),
        (f"{KEPT}clean_session = true", "as923_2 (clean_session)"),
    ],
)
def test_sessions_between_gateways_and_chirpstack(tmp_path: Path, region: str, lacking: str) -> None:
    found = chirpstack(tmp_path, region=region)["sessions with gateways"]
    assert found.state == ("warn" if lacking else "ok")
    assert lacking in found.observed
    assert "eu868" not in found.observed


def test_the_main_file_alone_knows_no_region(tmp_path: Path) -> None:
    chirpstack(tmp_path)
    found = told(chirpstack_file.check(tmp_path / "chirpstack.toml"))
    assert found["sessions with gateways"].state == "unknown"
    assert "folder" in found["sessions with gateways"].observed


@pytest.mark.parametrize(("mode", "state"), [("WAL", "ok"), ("DELETE", "fail")])
def test_sqlite_and_its_write_ahead_log(tmp_path: Path, mode: str, state: str) -> None:
    with closing(sqlite3.connect(tmp_path / "chirpstack.sqlite")) as db:
        db.execute(f"PRAGMA journal_mode = {mode}")
        db.execute("CREATE TABLE device (dev_eui BLOB)")
    for path in ("chirpstack.sqlite", str(tmp_path / "chirpstack.sqlite")):
        found = chirpstack(tmp_path, f'[sqlite]\npath = "sqlite://{path}"\n')["SQLite of the network server"]
        assert found.state == state
    if state == "fail":
        assert "PRAGMA journal_mode=WAL" in found.remedy
        pragmas = '[sqlite]\npragmas = ["busy_timeout = 1000", "journal_mode = WAL"]\n'
        assert chirpstack(tmp_path, pragmas)["SQLite of the network server"].state == "ok"


def test_a_database_that_cannot_be_read_or_is_none(tmp_path: Path) -> None:
    assert chirpstack(tmp_path, "[sqlite]\n")["SQLite of the network server"].state == "unknown"
    (tmp_path / "chirpstack.sqlite").write_bytes(b"")
    assert chirpstack(tmp_path, "[sqlite]\n")["SQLite of the network server"].state == "unknown"
    assert chirpstack(tmp_path)["SQLite of the network server"].state == "ok"  # it is on PostgreSQL


@pytest.mark.parametrize("text", ["[integration", "\udcff"])
def test_a_file_that_is_no_toml(tmp_path: Path, text: str) -> None:
    (tmp_path / "chirpstack.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert {one.state for one in chirpstack_file.check(tmp_path)} == {"unknown"}
    (tmp_path / "empty").mkdir()
    assert {one.state for one in chirpstack_file.check(tmp_path / "empty")} == {"unknown"}


@pytest.mark.parametrize(
    ("text", "persistence", "queue"),
    [
        ("", "fail", "warn"),
        ("persistence true\n", "warn", "warn"),
        ("persistence true\nautosave_interval 30\nmax_queued_messages 0\nmax_queued_bytes 536870912\n", "ok", "ok"),
        ("persistence true\nautosave_on_changes true\nautosave_interval 100\nmax_queued_messages 0\n", "ok", "ok"),
        ("persistence true\n# autosave_interval 30\nautosave_interval 0\n", "warn", "warn"),
        ("persistence true\nautosave_interval 30\npersistence false\n", "fail", "warn"),  # the last line counts
    ],
)
def test_mosquittos_own_file(tmp_path: Path, text: str, persistence: str, queue: str) -> None:
    path = tmp_path / "mosquitto.conf"
    path.write_text(text)
    found = told(mosquitto_file.check(path))
    assert found["persistence, as configured"].state == persistence
    assert found["queue limits, as configured"].state == queue


def test_what_is_included_counts(tmp_path: Path) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d" / "citylora.conf").write_text("persistence true\nautosave_interval 30\n")
    path = tmp_path / "mosquitto.conf"
    path.write_text(f"persistence false\ninclude_dir {tmp_path / 'conf.d'}\n")
    assert told(mosquitto_file.check(path))["persistence, as configured"].state == "ok"


def test_a_mosquitto_conf_that_includes_itself_ends(tmp_path: Path) -> None:
    path = tmp_path / "mosquitto.conf"
    path.write_text(f"include_dir {tmp_path}\npersistence true\n")
    assert told(mosquitto_file.check(path))["persistence, as configured"].state == "warn"


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    assert {one.state for one in mosquitto_file.check(tmp_path / "none.conf")} == {"unknown"}
