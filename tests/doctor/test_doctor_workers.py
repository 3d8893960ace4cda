"""Workers against each other, and what stands out in one configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ingest.config import load
from ingest.doctor.plan import plan, remarks
from ingest.doctor.workers import compare

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.config import Settings

ONE, TWO = "52f14cd4-c6f1-4fbd-8f87-4025e1d49241", "52f14cd4-c6f1-4fbd-8f87-4025e1d49242"


def worker(folder: Path, name: str, lns: str = "", *, broker: str = "", host: str = "mqtt", data: str = "") -> Settings:
    path = folder / f"{name}.toml"
    path.write_text(
        f'data_dir = "{data or name}"\n[[broker]]\nname = "city"\nhost = "{host}"\nclient_id = "{name}"\n{broker}\n'
        f'[[lns]]\nname = "chirpstack"\n{lns}\n'
    )
    return load(path)


def compared(*workers: Settings) -> list[tuple[str, str]]:
    names = ["north", "south", "west"]
    return [(one.check, one.state) for one in compare([*zip(names, workers, strict=False)])]


def test_workers_that_share_the_applications_are_kept_apart(tmp_path: Path) -> None:
    north = worker(tmp_path, "north", f'applications = ["{ONE}"]')
    south = worker(tmp_path, "south", f'applications = ["{TWO}"]\ngateways = false')
    west = worker(tmp_path, "west", 'topic_prefix = "west/"')
    assert compared(north, south, west) == [("kept apart", "ok")] * 3


def test_the_same_events_are_named_with_both_workers(tmp_path: Path) -> None:
    north = worker(tmp_path, "north")
    south = worker(tmp_path, "south", f'applications = ["{TWO}"]')
    (finding,) = compare([("north.toml", north), ("south.toml", south)])
    assert (finding.check, finding.state) == ("events", "fail")
    assert finding.subject == "north.toml and south.toml"
    assert f'"application/+/device/+/event/+" and "application/{TWO}/device/+/event/+"' in finding.told("en").observed
    assert "(3 such pairs)" in finding.told("en").observed


@pytest.mark.parametrize(
    ("one", "other"), [("localhost", "127.0.0.1"), ("MQTT.city", "mqtt.city."), ("::1", "localhost")]
)
def test_one_broker_by_two_names(tmp_path: Path, one: str, other: str) -> None:
    assert compared(worker(tmp_path, "north", host=one), worker(tmp_path, "south", host=other)) == [("events", "fail")]


def test_other_brokers_and_ports_have_nothing_in_common(tmp_path: Path) -> None:
    north = worker(tmp_path, "north")
    assert compared(north, worker(tmp_path, "south", host="other")) == [("kept apart", "ok")]
    assert compared(north, worker(tmp_path, "south", broker="port = 1884")) == [("kept apart", "ok")]


def test_one_session_and_one_directory_for_two(tmp_path: Path) -> None:
    north = worker(tmp_path, "north", f'applications = ["{ONE}"]')
    path = tmp_path / "south.toml"
    path.write_text((tmp_path / "north.toml").read_text().replace(ONE, TWO) + "gateways = false\n")
    assert compared(north, load(path)) == [("data directory", "fail"), ("client id", "fail")]


def test_what_stands_out(tmp_path: Path) -> None:
    def found(settings: Settings) -> set[tuple[str, str, str]]:
        return {(one.subject, one.check, one.state) for one in remarks(settings)}

    assert found(worker(tmp_path, "a", host="localhost")) == set()
    assert found(worker(tmp_path, "b", broker='protocol = "3.1.1"')) == {
        ("broker city", "TLS", "warn"),
        ("broker city", "authentication", "warn"),
        ("broker city", "protocol", "warn"),
    }
    influxdb = '[sinks.influxdb]\nurl = "http://influx"\ndatabase = "x"'
    assert ("influxdb", "TLS", "warn") in found(worker(tmp_path, "c", influxdb))
    assert ("configuration", "brokers", "warn") in found(load(data_dir=tmp_path))


def test_the_plan_tells_everything_but_secrets(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("hunter2")
    login = 'username = "u"\npassword_file = "secret"'
    influxdb = '[sinks.influxdb]\nurl = "http://influx"\ndatabase = "x"\nusername = "w"\npassword_file = "secret"'
    told = plan(worker(tmp_path, "a", influxdb, broker=login))
    assert told["data_dir"] == str(tmp_path / "a")
    assert told["brokers"][0]["address"] == "mqtt:1883"
    assert told["brokers"][0]["servers"][0]["topics"][0] == "application/+/device/+/event/+"
    assert told["sinks"]["influxdb"]["as"] == "w"
    assert "hunter2" not in str(told)
