"""What codecs in ChirpStack give that nobody has declared, counted from the journal."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateways.chirpstack.events import parse
from gateways.uplink import Event
from ingest.config import ObjectMapping
from ingest.decoding.object_maps import ObjectMaps
from ingest.devices import Directory
from ingest.errors import DataDirError
from ingest.unmapped import MOST, Census, Row, Survey, survey
from tests.fakes.house import House
from tests.fakes.uplinks import SECOND, START, recorded, uplink


def _survey(folder: Path, *maps: ObjectMapping, **options: Any) -> Survey:
    return survey(folder, Census(Directory().resolve, ObjectMaps(maps)), parse, **options)


def _of(f_cnt: int, held: object, *, device: int = 1, model: str | None = "Acme X", at: int = START) -> Event:
    return uplink(f_cnt, dev_eui=f"02c17100000000{device:02x}", model=model, at=at, object=held)


def test_recorded_objects_without_a_mapping(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take(recorded())
    found = _survey(tmp_path)
    assert {row.decoded_by for row in found.rows} == {"nobody"}
    js = {row.key: row.example for row in found.rows if row.profile == "JS codec"}
    assert js["nested.a.b"] == 1.0
    assert js["list.1"] == 2.5
    assert js[r"key with space\.and/slash"] == 1.0
    assert js["big"] == 9007199254740992.0
    assert "ok" not in js
    assert "door" not in js
    cayenne = {row.key for row in found.rows if row.profile == "Cayenne LPP"}
    assert cayenne == {
        "temperatureSensor.1", "humiditySensor.2", "digitalOutput.3",
        "gpsLocation.1.latitude", "gpsLocation.1.longitude", "gpsLocation.1.altitude",
    }  # fmt: skip


def test_what_a_mapping_reads_or_ignores_is_not_listed(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take(recorded("cayenne"))
    declared = ObjectMapping.model_validate(
        {
            "model": "cayenne/lpp",
            "profiles": ["Cayenne LPP"],
            "ignore": ["gpsLocation"],
            "keys": {"temperatureSensor.1": "air_temperature"},
        }
    )
    found = _survey(tmp_path, declared)
    assert found.rows == (
        Row("cayenne/lpp", "Cayenne LPP", "mapping", "digitalOutput.3", 1, 1, 1.0),
        Row("cayenne/lpp", "Cayenne LPP", "mapping", "humiditySensor.2", 1, 1, 61.5),
    )


def test_uplinks_and_devices_are_counted_and_the_newest_value_is_shown(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take([_of(1, {"a": 1, "b": 5}), _of(2, {"a": 2}), _of(3, {"a": 3}, device=2)])
        house.take([_of(3, {"a": 3}, device=2)])  # delivered again
        house.take([_of(4, {}), _of(5, {"a": None, "b": "5"}), _of(6, {"c": 10**400})])
    assert _survey(tmp_path).rows == (
        Row("Acme X", "", "nobody", "a", 3, 2, 3.0),
        Row("Acme X", "", "nobody", "b", 1, 1, 5.0),
        Row("Acme X", "", "nobody", "c", 1, 1, None),
    )


def test_whose_payloads_nobody_decodes_comes_first(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take([_of(1, {"a": 1}, model="milesight em500 co2"), _of(2, {"a": 1}, device=2, model=None)])
        house.take([_of(3, {"a": 1, "t": 2}, device=3, model="Mapped 1")])
    declared = ObjectMapping.model_validate({"model": "acme/m", "models": ["mapped-1"], "keys": {"t": "humidity"}})
    assert [(row.decoded_by, row.model, row.key) for row in _survey(tmp_path, declared).rows] == [
        ("nobody", "unknown", "a"),
        ("mapping", "acme/m", "a"),
        ("decoder", "milesight/em500_co2", "a"),
    ]


def test_since_counts_what_came_since(tmp_path: Path) -> None:
    hour = 3600 * SECOND
    with House(tmp_path) as house:
        for number in range(5):
            house.take([_of(2 * number, {"a": 1}, at=START + number * hour)])
            house.take([_of(2 * number + 1, {"b": 1}, at=START + number * hour + 1)])
    counts = [
        {row.key: row.uplinks for row in _survey(tmp_path, since=since).rows}
        for since in (None, START, START + 1, START + 3 * hour, START + 4 * hour + 1, START + 5 * hour)
    ]
    assert counts == [{"a": 5, "b": 5}, {"a": 5, "b": 5}, {"a": 4, "b": 5}, {"a": 2, "b": 2}, {"b": 1}, {}]


def test_progress_ends_at_the_end(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take([_of(number, {"a": 1}) for number in range(10)])
        house.take([_of(number, {"a": 1}) for number in range(10, 15)])
    seen: list[tuple[int, int]] = []
    _survey(tmp_path, progress=lambda done, size: seen.append((done, size)))
    assert seen[-1] == (15, 15)


def test_made_up_keys_do_not_fill_the_memory(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take([_of(1, {f"k{number}": number for number in range(MOST)}), _of(2, {"k0": 1, "x": 1, "y": 1})])
    found = _survey(tmp_path)
    assert (len(found.rows), found.left_off) == (MOST, 2)
    assert found.rows[0] == Row("Acme X", "", "nobody", "k0", 2, 1, 1.0)


def test_an_object_that_cannot_be_read_holds_nothing(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        event = _of(1, 0)
        for number, held in enumerate((b"null", b'"x"', b"[", b"[" * 500 + b"]" * 500)):
            payload = event.payload.replace(b'"object": 0', b'"object": ' + held).replace(
                b'Cnt": 1', b'Cnt": %d' % number
            )
            house.take([Event(event.source, event.topic, payload, START)])
    assert _survey(tmp_path) == Survey((), 0)


def test_a_directory_without_a_journal_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataDirError):
        _survey(tmp_path)


def test_the_examples_are_fit_for_json(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take(recorded())
    assert json.dumps([row._asdict() for row in _survey(tmp_path).rows], allow_nan=False)
