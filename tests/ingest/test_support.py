"""A support bundle says what helps, and nothing secret: secrets are planted wherever one can be, then looked for."""

from __future__ import annotations

import json
import stat
import tarfile
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from ingest.archive.redaction import GONE, Redaction
from ingest.cli import main
from ingest.data_dir import REGISTRY
from ingest.journal.writer import FILE
from ingest.registry import file
from ingest.registry.site import Placement, Registry, Site
from tests.fakes.house import House
from tests.fakes.uplinks import raw, uplink

if TYPE_CHECKING:
    from pathlib import Path

DEV_EUI = "a84041ffeeddccbb"
GATEWAY = "0016c001f1500812"
APP_KEY = "00112233445566778899aabbccddeeff"

BROKER, SINK, HEARTBEAT = "swordfish-broker", "swordfish-influx", "swordfish-heartbeat"
VARIABLE, OTHER = "swordfish-variable", "swordfish-other/&"
TAG, MODEL, PAYLOAD, TOPIC = "swordfish-tag", "swordfish-model", "swordfish-payload", "swordfish-topic"
WORD, ADDRESS, HEADER = "swordfish-logged", "swordfish-address", "swordfishheader0123456789"
FORBIDDEN = ["swordfish", "CC DD EE", APP_KEY, APP_KEY.upper(), "secret+path", "swordfish-other%2F%26"]

LOG = f"""\
2026-11-22T00:00:00Z broker refused password={WORD} for citylora
2026-11-22T00:00:01Z asking https://admin:{ADDRESS}@db.example:8086/secret+path?u=1
{{"event": "x", "api_key": "{WORD}"}}
Authorization: Bearer {HEADER}
device {DEV_EUI} and {DEV_EUI.upper()} and a8-40-41-ff-ee-dd-cc-bb by gateway {GATEWAY}
AppKey {APP_KEY}, then {OTHER} and swordfish-other%2F%26
the worker is called {BROKER}
simulate --password {WORD} api-key={WORD} psk={WORD}
NwkSKey 00 11 22 33 44 55 66 77 88 99 AA BB CC DD EE FF
-----BEGIN EC PRIVATE KEY-----
{WORD}
-----END EC PRIVATE KEY-----
"""


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration and a data directory that are full of secrets."""
    (tmp_path / "mqtt").write_text(f" {BROKER}\n")
    (tmp_path / "influx").write_text(SINK)
    (tmp_path / "log").write_text(LOG)
    (tmp_path / "citylora.toml").write_text(
        'data_dir = "data"\n[[broker]]\nname = "main"\nhost = "mqtt.example"\nusername = "citylora"\n'
        'password_file = "mqtt"\n[[lns]]\nname = "chirpstack"\n[sinks.store]\nenabled = true\n'
        '[sinks.influxdb]\nurl = "http://db.example:8086"\ndatabase = "city"\nusername = "u"\n'
        'password_file = "influx"\n'
        f'[heartbeat]\nurl = "https://hc.example/{HEARTBEAT}"\n'
    )
    monkeypatch.setenv("CITYLORA_BROKER_MAIN_PASSWORD", VARIABLE)
    monkeypatch.setenv("SOME_API_KEY", OTHER)
    with House(tmp_path / "data") as house:
        tags = {"wifi_password": TAG}
        house.take(
            [
                uplink(1, dev_eui=DEV_EUI, tags=tags),
                uplink(2, dev_eui=DEV_EUI, model=MODEL),
                raw(
                    f'{{"{PAYLOAD}'.encode(),
                    topic=f"a/{TOPIC}/device/{DEV_EUI}/event/up",
                ),
            ]
        )
        house.journal.note_incident("session_lost", "main", 7, f"{DEV_EUI} {BROKER}")
        house.drain()
    return tmp_path


def made(site: Path, *options: str) -> dict[str, str]:
    """The parts of a bundle, by their names."""
    target = site / "bundle.tar.gz"
    arguments = ["support-bundle", "-c", str(site / "citylora.toml"), "-o", str(target), *options]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    parts = {}
    with tarfile.open(target) as archive:
        for member in archive:
            body = archive.extractfile(member)
            assert body is not None
            parts[member.name.removeprefix("bundle/")] = body.read().decode()
    return parts


def tree(parts: dict[str, str], name: str) -> Any:
    """One part that is JSON."""
    return json.loads(parts[f"{name}.json"])


def test_no_secret_is_in_it_wherever_it_was(site: Path) -> None:
    for options in ((), ("--verify", "--with-devices")):
        parts = made(site, "--log", str(site / "log"), *options)
        everything = "\n".join([*parts, *parts.values()])
        assert [line for line in everything.splitlines() if any(one in line for one in FORBIDDEN)] == []


def test_devices_are_hidden_and_told_apart(site: Path) -> None:
    parts = made(site, "--log", str(site / "log"))
    everything = "\n".join(parts.values()).lower()
    assert [eui for eui in (DEV_EUI, GATEWAY, "a8-40-41-ff-ee-dd-cc-bb") if eui in everything] == []
    device = next(line for line in parts["log.txt"].splitlines() if line.startswith("device")).split()
    assert device[1] == device[3] == device[5] != device[8]
    assert device[1] in tree(parts, "status")["incidents"][0]["detail"]
    other = made(site, "--log", str(site / "log"))["log.txt"]
    assert device[1] not in other
    assert DEV_EUI in made(site, "--log", str(site / "log"), "--with-devices")["log.txt"]


def test_it_says_what_helps(site: Path) -> None:
    parts = made(site, "--verify")
    assert tree(parts, "about")["packages"]["msgspec"][0].isdecimal()
    config = tree(parts, "config")
    assert config["refused"] == ""
    assert config["as_written"]["broker"][0]["host"] == "mqtt.example"
    assert config["as_written"]["heartbeat"]["url"] == GONE
    assert config["in_force"]["sinks"]["influxdb"]["url"] == "http://db.example:8086"
    assert config["in_force"]["broker"][0]["password"] == GONE
    assert tree(parts, "environment")["CITYLORA_BROKER_MAIN_PASSWORD"] == GONE
    status = tree(parts, "status")
    assert (status["received"], status["verify"]) == (3, [])
    assert {one["reason"]: one["count"] for one in tree(parts, "quarantine")["store"]} == {
        "not_json": 1,
        "unknown_model": 1,
    }
    journal = tree(parts, "data_dir")["databases"][FILE]
    assert (journal["rows"]["block"], journal["integrity"], journal["journal_mode"]) == (1, "ok", "wal")
    assert tree(parts, "data_dir")["files"][FILE]["mode"] == "-rw-r--r--"


def test_it_is_made_where_nothing_can_be_used(site: Path) -> None:
    (site / "data" / "store.db").write_bytes(b"no database" * 1000)
    text = (site / "citylora.toml").read_text()
    (site / "citylora.toml").write_text(f'{text}token = "{SINK}"\n')
    parts = made(site)
    assert SINK not in "".join(parts.values())
    assert "is a secret in the file" in tree(parts, "config")["refused"]
    assert "swordfish" not in made(site, "--log", str(site / "log"))["log.txt"]
    assert "not a database" in tree(parts, "data_dir")["databases"]["store.db"]["error"]
    assert tree(parts, "data_dir")["databases"][FILE]["integrity"] == "ok"
    (site / "citylora.toml").write_text(f"this is = no toml = at all\n{text}")
    assert "swordfish" not in made(site, "--log", str(site / "log"))["log.txt"]
    (site / "citylora.toml").write_text("this is = no toml = at all")
    parts = made(site)
    assert "at line 1" in tree(parts, "config")["file"]
    assert "KeyError" in tree(parts, "data_dir")["error"]


def test_words_stay_where_they_are() -> None:
    redaction = Redaction(["hunter22"], b"salt")
    for text in (
        "200 events were received by 11 gateways at 2026-11-22T00:00:00.123456789Z",
        "deduplication 3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "http://localhost:8086",
    ):
        assert redaction.text(text) == text
    assert redaction.text("x hunter22y http://[::1") == "x ***y ***"
    assert redaction.tree({"password": None, "password_file": "/x", "tokens": 5, "n": 1.5}) == {
        "password": None,
        "password_file": "/x",
        "tokens": "***",
        "n": 1.5,
    }


def test_of_the_places_it_says_how_many_there_are_and_not_where(site: Path) -> None:
    place = Site(id="cau-cam-le", name_vi="Cầu Cẩm Lệ", latitude=16.0123, longitude=108.2031)
    registry = Registry({place.id: place}, {DEV_EUI: (Placement(DEV_EUI, place.id),)})
    file.edit(site / "data", "site import", 1, lambda _: registry)
    parts = made(site)
    found = tree(parts, "data_dir")["databases"][REGISTRY]
    assert found["rows"]["site"] == found["rows"]["placement"] == 1
    assert found["integrity"] == "ok"
    assert not any("16.0123" in text or "Cẩm Lệ" in text for text in parts.values())
