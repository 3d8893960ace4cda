"""`citylora check-config`: what it prints, and its exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from ingest.cli import main
from tests.servers import Mosquitto, free_port

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


def citylora(*arguments: object) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, [*map(str, arguments)])


def written(folder: Path, name: str, port: int = 1883, lns: str = "") -> Path:
    path = folder / f"{name}.toml"
    path.write_text(
        f'data_dir = "{name}"\n[[broker]]\nname = "city"\nhost = "127.0.0.1"\nport = {port}\nclient_id = "{name}"\n'
        f'[[lns]]\nname = "chirpstack"\n{lns}\n'
    )
    return path


def test_a_good_one_is_told_and_nothing_is_asked(tmp_path: Path) -> None:
    path = written(tmp_path, "north")
    done = citylora("check-config", path)
    assert done.exit_code == 0, done.output
    assert done.stdout == (
        f"{path}\n"
        f"  data       {tmp_path}/north, journal up to 10,737,418,240 bytes, then evict\n"
        "  broker     city: 127.0.0.1:1883, MQTT 5, plain\n"
        "             session north\n"
        "             chirpstack: application/+/device/+/event/+\n"
        "             chirpstack: +/gateway/+/event/stats\n"
        "             chirpstack: +/gateway/+/state/conn\n"
        f"  sink       store {tmp_path}/north/store.db\n"
        "  devices    no devices.csv, 0 profiles with a decoder\n"
        "  places     0 sites, 0 devices at them\n"
        "the configuration is right\n"
    )
    assert not (tmp_path / "north").exists()


def test_what_is_watched_for_is_told_and_a_wrong_rule_is_no_configuration(tmp_path: Path) -> None:
    path = written(tmp_path, "north")
    rules = tmp_path / "alerts.toml"
    rules.write_text('[[rule]]\nid = "mine"\ntitle = "Mine"\nquantity = "water_level"\nabove = 2\n')
    path.write_text(f'{path.read_text()}\n[alerts]\npacks = ["manhole"]\nfile = "alerts.toml"\n')
    done = citylora("check-config", path)
    assert done.exit_code == 0, done.output
    assert "  alerts     3 rules, 0 unverified; told: nobody\n" in done.stdout
    assert "WARN    rules manhole/*: alerts: nobody is told of them\n" in done.stdout
    assert json.loads(citylora("check-config", path, "--json").stdout)["files"][0]["alerts"] == {
        "rules": 3,
        "unverified": 0,
        "departments": [],
    }
    rules.write_text(rules.read_text().replace("above", "abov"))
    done = citylora("check-config", path)
    assert done.exit_code == 3
    assert f'{rules}: rule "mine": abov is no known key; did you mean "above"?' in done.stderr


def test_the_places_are_counted_and_a_registry_that_cannot_be_read_fails(tmp_path: Path) -> None:
    sheet = tmp_path / "devices.csv"
    sheet.write_text("dev_eui,site\n02c1710000000001,bridge\n02c1710000000002,\n", "utf-8")
    path = written(tmp_path, "north", lns='[devices]\nfile = "devices.csv"')
    data = ("--data", tmp_path / "north")
    assert citylora("site", "import", sheet, *data).exit_code == 0
    done = citylora("check-config", path)
    assert "  places     1 sites, 1 devices at them; 1 of devices.csv are at none\n" in done.stdout
    assert json.loads(citylora("check-config", path, "--json").stdout)["files"][0]["places"] == {
        "sites": 1, "placed": 1, "not_placed": 1,
    }  # fmt: skip
    for file in (tmp_path / "north").glob("registry.db*"):
        file.unlink()
    (tmp_path / "north" / "registry.db").write_bytes(b"no database" * 500)
    sheet.write_text("name\na\n", "utf-8")
    done = citylora("check-config", path)
    assert done.exit_code == 1
    assert f"FAIL    registry.db: places: {tmp_path}/north/registry.db cannot be read" in done.stdout
    assert f"FAIL    devices.csv: devices: {sheet}: has no column dev_eui\n" in done.stdout
    assert "2 FAIL\n" in done.stdout


def test_a_decoder_of_ones_own_that_is_broken_is_told(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "th.py").write_text("DECODER = 7\n", "utf-8")
    path = written(tmp_path, "north", lns='[decoders]\nfolder = "mine"')
    done = citylora("check-config", path)
    assert done.exit_code == 0, done.output
    assert f"  decoders   {tmp_path}/mine, beside the built-in ones\n" in done.stdout
    assert f"WARN    {tmp_path}/mine/th.py: decoder: not used: gives something that is no Decoder\n" in done.stdout
    assert done.stdout.endswith("1 WARN\n")


def test_two_that_take_the_same_events_fail(tmp_path: Path) -> None:
    north, south = written(tmp_path, "north"), written(tmp_path, "south")
    done = citylora("check-config", north, "-c", south)
    assert done.exit_code == 1
    assert f"FAIL    {north} and {south}: events: " in done.stdout
    assert done.stdout.endswith("1 FAIL\n")
    found = json.loads(citylora("check-config", north, south, "--json").stdout)
    assert not found["ok"]
    assert [one["file"] for one in found["files"]] == [str(north), str(south)]
    assert [(one["file"], one["check"], one["state"]) for one in found["findings"]] == [(None, "events", "fail")]


def test_one_that_cannot_be_used_is_refused_as_by_run(tmp_path: Path) -> None:
    done = citylora("check-config", written(tmp_path, "north", lns='topics = ["$share/a/b"]'), "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["error"]["kind"] == "config"


def test_a_probe_finds_nobody(tmp_path: Path) -> None:
    path = written(tmp_path, "north", free_port())
    done = citylora("check-config", path, "--probe", "--listen", "1s")
    assert done.exit_code == 1
    assert "FAIL    broker city: reachable: 127.0.0.1:" in done.stdout
    assert "        → start the broker" in done.stdout
    assert done.stderr == ""  # progress is for terminals


def test_a_probe_of_a_good_broker_succeeds_though_some_things_cannot_be_known(
    mosquitto: Mosquitto, tmp_path: Path
) -> None:
    done = citylora("check-config", written(tmp_path, "north", mosquitto.port), "--probe", "--listen", "1s", "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 0, found
    assert found["ok"]
    states = {(one["subject"], one["check"]): one["state"] for one in found["findings"]}
    assert states["broker city", "queue depth"] == "ok"
    assert states["broker city", "QoS of events"] == "unknown"
    assert states["lns chirpstack", "network server"] == "unknown"
    assert all(one["file"] == str(tmp_path / "north.toml") for one in found["findings"])
    assert not (tmp_path / "north").exists()
