"""Recorded events of devices whose codec is in ChirpStack, through intake and decoding, by declared mappings."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from gateways.chirpstack.events import parse
from gateways.rfc3339 import parse as moment
from gateways.uplink import Event
from ingest.config import ObjectMapping
from ingest.decoding.decoding import Decoding, Outcome
from ingest.decoding.object_maps import ObjectMaps
from ingest.devices import Device, Directory
from ingest.intake.intake import Intake
from tests.fakes.uplinks import RECORDED, recorded, uplink

JS = ObjectMapping.model_validate(
    {
        "model": "acme/demo_1",
        "profiles": ["JS codec"],
        "ignore": ["list"],
        "keys": {
            "temperature": "air_temperature",
            "humidity": "humidity",
            "battery": "battery",
            "nested.a.b": {"quantity": "water_level", "unit": "cm"},
            "door": "tilt",
            "none": "co2",
        },
    }
)
CAYENNE = ObjectMapping.model_validate(
    {
        "model": "cayenne/lpp",
        "profiles": ["Cayenne LPP"],
        "keys": {
            "temperatureSensor.1": "air_temperature",
            "humiditySensor.2": {"quantity": "humidity", "channel": 2},
            "gpsLocation.1.altitude": "altitude",
        },
    }
)


def outcomes(events: list[Event], *maps: ObjectMapping, devices: tuple[Device, ...] = ()) -> Iterator[Outcome]:
    """What a worker makes of them."""
    intake, decoding = Intake(parse), Decoding(Directory(devices).resolve, ObjectMaps(maps))
    for event in events:
        judged = intake.judge(event)
        yield decoding(judged.entry, judged.message)


def fields(outcome: Outcome) -> dict[tuple[str, str], dict[str, Any]]:
    """The readings by measurement and channel."""
    return {
        (point.measurement, point.tags[4]): dict(point.fields)
        for point in outcome.points
        if point.measurement != "radio"
    }


def test_a_recorded_codec_is_read_by_its_mapping() -> None:
    full, other, empty, text_errors = outcomes(recorded("codec_ok", "/up"), JS)
    assert fields(full) == {
        ("environment", "0"): {"air_temperature": -20.0, "humidity": 45.0},
        ("device", "0"): {"battery": 100.0},
        ("water", "0"): {"water_level": 0.01},
    }
    assert {point.tags[3] for point in full.points} == {"acme/demo_1"}
    for without in (other, empty, text_errors):  # their codec gave other keys, or none
        assert [point.measurement for point in without.points] == ["radio"]
    assert {outcome.reason for outcome in (full, other, empty, text_errors)} == {""}


@pytest.mark.parametrize(("scenario", "mapping"), [("codec_ok", JS), ("codec_fails", JS), ("cayenne", CAYENNE)])
def test_protobuf_says_the_same(scenario: str, mapping: ObjectMapping) -> None:
    """The two recordings are two runs: the order within a scenario is that of the frames in both."""
    one, other = ([(made.reason, fields(made)) for made in outcomes(events, mapping)] for events in _both(scenario))
    assert one == other


def _both(scenario: str) -> tuple[list[Event], list[Event]]:
    text = RECORDED.with_name("events.protobuf.jsonl").read_text(encoding="utf-8")
    lines = [line for line in map(json.loads, text.splitlines()) if line["scenario"] == scenario]
    protobuf = [
        Event("main", line["topic"], base64.b64decode(line["payload_b64"]), moment(line["received_at"]))
        for line in lines
        if line["topic"].endswith("/up")
    ]
    return recorded(scenario, "/up"), protobuf


def test_odd_values_of_a_recorded_codec_are_no_readings() -> None:
    keys = {
        "huge": "air_temperature", "big": "co2", "nan": "humidity", "undef": "pm10", "f": "pm1", "name": "pressure",
        "date": "pm4", r"key with space\.and/slash": "battery", "": "water_level", "bytes.2": "distance",
        "negzero": "water_depth", "deep.0.0": "dwell_time", "deep.0.1.0": "water_temperature",
    }  # fmt: skip
    odd = ObjectMapping.model_validate({"model": "acme/odd", "profiles": ["JS codec"], "keys": keys})
    first, second, third = (fields(outcome) for outcome in outcomes(recorded("codec_odd_values", "/up"), odd))
    assert first == {
        ("device", "0"): {"battery": 1.0},
        ("water", "0"): {"water_level": 2.0, "distance": 255.0},
    }
    assert second == {("water", "0"): {"water_depth": 0.0}}
    assert third == {("traffic", "0"): {"dwell_time": 1.0}, ("water", "0"): {"water_temperature": 2.0}}


def test_cayenne_lpp_is_read_by_type_and_channel_and_what_failed_waits_in_quarantine() -> None:
    whole, truncated, unknown_type, other, empty = outcomes(recorded("cayenne", "/up"), CAYENNE)
    assert fields(whole) == {
        ("environment", "0"): {"air_temperature": 27.2},
        ("environment", "2"): {"humidity": 61.5},
        ("device", "0"): {"altitude": 10.0},
    }
    for failed in (truncated, unknown_type):
        assert failed.reason == "no_object"
        assert "mend it there" in failed.detail
        assert failed.subject.endswith(" cayenne/lpp")
        assert [point.measurement for point in failed.points] == ["radio"]
    for nothing in (other, empty):
        assert (nothing.reason, [point.measurement for point in nothing.points]) == ("", ["radio"])


def test_every_failure_of_a_recorded_codec_is_the_same_to_us() -> None:
    failed = list(outcomes(recorded("codec_fails", "/up"), JS))
    assert [outcome.reason for outcome in failed] == ["no_object"] * 6


def test_without_a_mapping_the_device_has_no_model_and_the_detail_says_what_to_do() -> None:
    (made,) = list(outcomes(recorded("codec_ok", "/up")[:1]))
    assert made.reason == "no_model"
    assert "[[decoders.object]]" in made.detail


def test_an_empty_payload_without_object_is_fine() -> None:
    (made,) = outcomes([uplink(1, "", model="Acme X")], _mapping(models=["acme-x"]))
    assert (made.reason, len(made.points)) == ("", 1)


def test_what_a_codec_makes_of_an_empty_payload_is_read() -> None:
    (made,) = outcomes([uplink(1, "", model="Acme X", object={"t": 20})], _mapping(models=["acme-x"]))
    assert fields(made) == {("environment", "0"): {"air_temperature": 20.0}}


def _mapping(model: str = "acme/x", key: str = "t", **whom: list[str]) -> ObjectMapping:
    return ObjectMapping.model_validate({"model": model, "keys": {key: "air_temperature"}, **whom})


def test_what_is_declared_goes_before_a_decoder_of_that_model() -> None:
    event = uplink(1, object={"t": 12.5})
    assert event.payload
    (native,) = outcomes([event])
    assert fields(native)["environment", "0"]["air_temperature"] == 28.1
    (declared,) = outcomes([event], _mapping("milesight/em500co2", models=["Milesight EM500-CO2"]))
    assert fields(declared) == {("environment", "0"): {"air_temperature": 12.5}}
    assert {point.tags[3] for point in declared.points} == {"milesight/em500_co2"}  # as the decoder spells it
    (other,) = outcomes([event], _mapping(models=["Acme X"], profiles=["P"]))
    assert other == native


def test_a_decoder_does_not_step_in_where_the_declared_codec_failed() -> None:
    """Two sources would mix in one series."""
    (made,) = outcomes([uplink(1)], _mapping("acme/x", models=["Milesight EM500-CO2"]))
    assert (made.reason, len(made.points)) == ("no_object", 1)


def test_a_profile_is_named_by_its_name_or_id_and_a_model_goes_before_it() -> None:
    device = {"devEui": "02c1710000000001", "deviceProfileName": "Bộ giải mã", "deviceProfileId": "52f1"}
    event = uplink(1, deviceInfo=device, object={"t": 1, "u": 2})
    for profile in ("Bộ  giải mã", "52f1"):
        (made,) = outcomes([event], _mapping(profiles=[profile]))
        assert fields(made) == {("environment", "0"): {"air_temperature": 1.0}}
    by_model = _mapping("acme/y", "u", models=["Acme Y"])
    devices = (Device("02c1710000000001", model="ACME y"),)
    (made,) = outcomes([event], _mapping(profiles=["52f1"]), by_model, devices=devices)
    assert {point.tags[3] for point in made.points} == {"acme/y"}


@pytest.mark.parametrize("held", ["null", '"text"', "[1]", "1.0", '{"t": 1e999}'], ids=str)
def test_an_object_that_is_none(held: str) -> None:
    event = uplink(1, model="Acme X", object=0)
    event = Event(event.source, event.topic, event.payload.replace(b'"object": 0', f'"object": {held}'.encode()), 1)
    (made,) = outcomes([event], _mapping(models=["Acme X"]))
    assert made.reason in {"no_object", "not_json"}
    assert made.detail


def test_a_notice_of_such_a_device_has_the_same_model() -> None:
    status = next(event for event in recorded("status", "/status"))
    profile = json.loads(status.payload)["deviceInfo"]["deviceProfileName"]
    (made,) = outcomes([status], _mapping("acme/x", profiles=[profile]))
    assert {point.tags[3] for point in made.points} == {"acme/x"}
