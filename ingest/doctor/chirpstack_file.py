"""What ChirpStack's own files say of what cannot be seen from outside: QoS, sessions with its gateways, SQLite.

Only where somebody shows it: a folder of files `*.toml`, as ChirpStack itself reads one, or a single file. Keys that
are left out have the defaults of ChirpStack 4.19.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from ingest.doctor.finding import Finding, listed
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.doctor.finding import State, Text

SUBJECT = "chirpstack.toml"

_QOS, _SESSIONS, _DATABASE = "QoS of events, as configured", "sessions with gateways", "SQLite of the network server"

_WRITE_VERSION, _WAL, _SQLITE = 18, 2, b"SQLite format 3\0"
"""Of SQLite's file format: byte 18 is 2 where the file has a write-ahead log."""

_NO_TIME = ("", "0", "0s", "0m", "0h", 0)


def check(path: Path) -> Iterator[Finding]:
    """Read the configuration, and the head of the database that it names."""
    try:
        tree = _read(path)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        for name in (_QOS, _SESSIONS, _DATABASE):
            yield _found(name, "unknown", said("doctor_files.unreadable", path=str(path), why=str(error)))
        return
    yield _qos(_part(tree, "integration"))
    yield _sessions(tree)
    yield _database(path if path.is_dir() else path.parent, tree)


def _found(check_name: str, state: State, observed: Text, remedy: Text = "") -> Finding:
    return Finding(check_name, SUBJECT, state, observed, remedy)


def _read(path: Path) -> dict[str, Any]:
    """The files together: tables of a name are one, regions are gathered."""
    files = sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise FileNotFoundError(2, "no *.toml there", str(path))
    tree: dict[str, Any] = {}
    for file in files:
        for key, value in tomllib.loads(file.read_text("utf-8")).items():
            known = tree.get(key)
            if isinstance(known, list) and isinstance(value, list):
                tree[key] = [*known, *value]
            elif isinstance(known, dict) and isinstance(value, dict):
                tree[key] = {**known, **value}
            else:
                tree[key] = value
    return tree


def _part(tree: object, *keys: str) -> dict[str, Any]:
    for key in keys:
        tree = tree.get(key) if isinstance(tree, dict) else None
    return tree if isinstance(tree, dict) else {}


def _qos(integration: dict[str, Any]) -> Finding:
    """Without the integration no event is published at all, whatever its QoS; ChirpStack's default is none."""
    enabled = integration.get("enabled", [])
    if not isinstance(enabled, list) or "mqtt" not in enabled:
        return _found(_QOS, "fail", said("doctor_files.no_mqtt"), said("doctor_files.no_mqtt_remedy"))
    qos = _part(integration, "mqtt").get("qos", 0)
    if qos in (1, 2):
        return _found(_QOS, "ok", said("doctor_files.qos", qos=qos))
    return _found(_QOS, "fail", said("doctor_files.qos", qos=str(qos)), said("doctor_broker.qos_remedy"))


def _sessions(tree: dict[str, Any]) -> Finding:
    """A session is kept by a fixed client id and an expiry; without QoS 1 there is nothing to keep in it."""
    enabled = _part(tree, "network").get("enabled_regions")
    regions = [
        one
        for one in tree.get("regions", [])
        if isinstance(one, dict) and (not isinstance(enabled, list) or one.get("id", one.get("name")) in enabled)
    ]
    if not regions:
        return _found(_SESSIONS, "unknown", said("doctor_files.no_regions"))
    lacking = {}
    for region in regions:
        if wrong := _lacking(_part(region, "gateway", "backend", "mqtt")):
            lacking[str(region.get("id", region.get("name", "?")))] = wrong
    if not lacking:
        return _found(_SESSIONS, "ok", said("doctor_files.sessions_kept", regions=len(regions)))
    names = listed([f"{name} ({', '.join(wrong)})" for name, wrong in sorted(lacking.items())])
    return _found(
        _SESSIONS, "warn", said("doctor_files.sessions_lost", names=names), said("doctor_files.sessions_remedy")
    )


def _lacking(mqtt: dict[str, Any]) -> list[str]:
    wrong = [] if mqtt.get("qos", 0) in (1, 2) else ["qos"]
    wrong += [] if mqtt.get("client_id") else ["client_id"]
    wrong += ["session_expiry_interval"] if mqtt.get("session_expiry_interval", "0s") in _NO_TIME else []
    return [*wrong, "clean_session"] if mqtt.get("clean_session") else wrong


def _database(folder: Path, tree: dict[str, Any]) -> Finding:
    if "sqlite" not in tree:
        return _found(_DATABASE, "ok", said("doctor_files.no_sqlite"))
    sqlite = _part(tree, "sqlite")
    path = folder / str(sqlite.get("path", "sqlite://chirpstack.sqlite")).removeprefix("sqlite://").partition("?")[0]
    if any("journal_mode" in str(one) and "wal" in str(one).lower() for one in sqlite.get("pragmas", ())):
        return _found(_DATABASE, "ok", said("doctor_files.wal", path=str(path)))
    try:
        with path.open("rb") as file:
            head = file.read(_WRITE_VERSION + 1)
    except OSError as error:
        observed = said("doctor_files.unreadable", path=str(path), why=error.strerror or str(error))
        return _found(_DATABASE, "unknown", observed, said("doctor_files.wal_remedy", path=str(path)))
    if not head.startswith(_SQLITE):
        return _found(_DATABASE, "unknown", said("doctor_files.no_database", path=str(path)))
    if head[_WRITE_VERSION] == _WAL:
        return _found(_DATABASE, "ok", said("doctor_files.wal", path=str(path)))
    remedy = said("doctor_files.wal_remedy", path=str(path))
    return _found(_DATABASE, "fail", said("doctor_files.no_wal", path=str(path)), remedy)
