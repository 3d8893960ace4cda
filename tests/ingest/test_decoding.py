"""From an event to points, or to the reason why there are none."""

import subprocess
import sys
from typing import Any

import pytest

from gateways.chirpstack.events import parse
from gateways.uplink import Event
from ingest.decoding.decoding import Decoding, Outcome
from ingest.decoding.point import TAGS, Point
from ingest.devices import Device, Directory
from ingest.intake.intake import Intake
from tests.fakes.hostile import hostile
from tests.fakes.uplinks import EM500_CO2, SECOND, START, city, raw, recorded, uplink

HISTORY = "20ce00f153656704682719017320ce58f35365520378271801ff"
"""Two frames of an EM500-CO2, of 1,700,000,000 s and ten minutes later; the second has no humidity."""


def outcome(event: Event, *devices: Device) -> Outcome:
    """What a worker makes of it."""
    judged = Intake(parse).judge(event)
    return Decoding(Directory(devices).resolve)(judged.entry, judged.message)


def by_measurement(event: Event) -> dict[str, Point]:
    """Its points, one of each measurement."""
    points = outcome(event).points
    assert len({point.measurement for point in points}) == len(points)
    return {point.measurement: point for point in points}


def test_an_uplink_becomes_a_row_of_each_domain_one_of_its_device_and_one_of_the_radio() -> None:
    points = by_measurement(uplink(7))
    assert set(points) == {"environment", "device", "radio"}
    tags = ("02c1710000000001", "cau-rong", "Hải Châu")
    expected = {"air_temperature": 28.1, "humidity": 57.5, "co2": 1127.0, "pressure": 1008.8}
    assert points["environment"].tags == (*tags, "milesight/em500_co2", "0")
    assert dict(points["environment"].fields) == expected
    assert dict(points["device"].fields) == {"battery": 100.0}
    assert points["radio"].tags == (*tags, "milesight/em500_co2", "02c171ffff000001")
    assert dict(points["radio"].fields) == {
        "f_cnt": 7.0, "gap": 0.0, "gateways": 1.0, "sf": 7.0, "airtime": 71.936, "rssi": -60.0, "snr": 10.5,
    }  # fmt: skip
    assert {point.time for point in points.values()} == {START + 7}


def test_every_uplink_of_the_simulated_city_decodes() -> None:
    for event in city(100):
        made = outcome(event)
        assert (made.kind, made.reason) == ("up", "")
        assert {"radio"} < {point.measurement for point in made.points}


def test_points_are_fit_for_every_sink() -> None:
    """All tags, none empty, each short; finite floats; whatever the event was."""
    for bad in hostile().values():
        for point in outcome(bad.event).points:
            assert len(point.tags) == len(TAGS[point.measurement])
            assert all(0 < len(tag) <= 128 and tag.isprintable() for tag in point.tags)
            assert point.fields
            assert all(type(value) is float and value - value == 0 for _, value in point.fields)
            assert -(1 << 63) < point.time < 1 << 63


def test_an_undecodable_uplink_still_has_its_row_of_the_radio() -> None:
    for event, reason in ((uplink(1, model="acme/1"), "unknown_model"), (uplink(1, f_port=224), "wrong_port")):
        made = outcome(event)
        assert made.reason == reason
        assert [point.measurement for point in made.points] == ["radio"]
        assert made.subject.startswith("02c1710000000001 ")
        assert made.detail


def test_what_has_no_payload_is_stored_with_its_row_of_the_radio_alone() -> None:
    made = outcome(uplink(1, ""))
    assert (made.kind, made.reason, len(made.points)) == ("up", "", 1)


@pytest.mark.parametrize("model", ["milesight/em500-co2", None, "Acme 1"])
def test_what_is_still_encrypted_is_never_decoded(model: str | None) -> None:
    made = outcome(uplink(1, model=model, joinServerContext={"sessionKeyId": "AAAA"}))
    assert made.reason == ("encrypted" if model == "milesight/em500-co2" else made.reason) != ""
    assert [point.measurement for point in made.points] == ["radio"]


def test_other_kinds_have_a_row_of_their_own() -> None:
    for event in recorded("otaa_join", "/join") + recorded("status", "/status"):
        made = outcome(event)
        kind = event.topic.rsplit("/", 1)[-1]
        assert (made.kind, made.reason) == (kind, "")
        assert [point.measurement for point in made.points] == [{"join": "lns_event", "status": "device"}[kind]]


def test_what_cannot_be_read_is_about_its_topic() -> None:
    made = outcome(raw(b"{", topic="a/b/up"))
    assert (made.points, made.reason, made.subject) == ((), "not_json", "a/b/up")


def test_history_is_written_at_the_devices_own_times() -> None:
    points = outcome(uplink(5, HISTORY)).points
    times = sorted((point.time, point.time_source) for point in points if point.measurement == "environment")
    assert times == [(1_700_000_000 * SECOND, "device"), (1_700_000_600 * SECOND, "device")]


def test_a_value_whose_time_cannot_be_is_kept_in_quarantine_and_the_others_are_stored() -> None:
    now, unset_clock = "03671901", "20ce00000000" + HISTORY[12:26]
    made = outcome(uplink(6, now + unset_clock))
    assert (made.reason, made.subject) == ("device_time", "02c1710000000001 milesight/em500-co2")
    assert "1970-01-01T00:00:00Z" in made.detail
    environment = [point for point in made.points if point.measurement == "environment"]
    assert [dict(point.fields) for point in environment] == [{"air_temperature": 28.1}]
    assert {point.measurement for point in made.points} == {"environment", "radio"}


def test_a_model_of_devices_csv_counts_where_no_tag_names_one() -> None:
    made = outcome(uplink(1, model=None), Device("02c1710000000001", model="Milesight EM500-CO2", site="s"))
    assert made.reason == ""
    assert {point.tags[3] for point in made.points if point.measurement == "environment"} == {"milesight/em500_co2"}
    assert {point.tags[1] for point in made.points} == {"s"}


def _links(*links: dict[str, Any]) -> dict[str, Any]:
    return {"rxInfo": [{"nsTime": "2026-09-21T14:13:20Z", **link} for link in links]}


@pytest.mark.parametrize(
    ("links", "gateway", "fields"),
    [
        ([], "unknown", {"gateways": 0.0}),
        ([{"gatewayId": "a", "rssi": -90, "snr": 5}], "a", {"gateways": 1.0, "rssi": -90.0, "snr": 5.0}),
        (
            [{"gatewayId": "a", "rssi": -50, "snr": 5}, {"gatewayId": "b", "rssi": -90, "snr": 7}],
            "b",
            {"gateways": 2.0, "rssi": -90.0, "snr": 7.0},
        ),
        (
            [{"gatewayId": "b", "rssi": -50, "snr": 5}, {"gatewayId": "a", "rssi": -50, "snr": 5}],
            "a",
            {"gateways": 2.0, "rssi": -50.0, "snr": 5.0},
        ),
        ([{"gatewayId": "a", "snr": 1}, {"gatewayId": "a", "snr": 2}], "a", {"gateways": 1.0, "rssi": 0.0, "snr": 2.0}),
        ([{"gatewayId": "a", "rssi": -90, "snr": None}], "a", {"gateways": 1.0, "rssi": -90.0}),
        (
            [{"gatewayId": "a", "rssi": -90, "snr": None}, {"gatewayId": "b", "rssi": -99, "snr": -7}],
            "b",
            {"gateways": 2.0, "rssi": -99.0, "snr": -7.0},
        ),
        ([{"gatewayId": " \n", "rssi": -90}], "unknown", {"gateways": 1.0, "rssi": -90.0, "snr": 0.0}),
    ],
    ids=["none", "one", "the best", "of equals the first by name", "one twice", "fsk", "an snr of null", "nameless"],
)
def test_the_best_gateway(links: list[dict[str, Any]], gateway: str, fields: dict[str, float]) -> None:
    radio = by_measurement(uplink(0, **_links(*links)))["radio"]
    assert radio.tags[-1] == gateway
    assert {name: value for name, value in radio.fields if name not in {"f_cnt", "gap", "sf", "airtime"}} == fields


def test_a_defect_of_a_decoder_harms_its_event_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("ingest.decoding.decoding.catalog.decode", breaks)
    made = outcome(uplink(1, EM500_CO2))
    assert (made.reason, made.detail) == ("decoder_defect", "ZeroDivisionError: division by zero")
    assert [point.measurement for point in made.points] == ["radio"]


def test_a_model_whose_module_cannot_be_read_harms_its_own_devices_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> object:
        raise SyntaxError(f"{name} is half written")

    monkeypatch.setattr("decoders.catalog.import_module", broken)
    made = outcome(uplink(7))
    assert made.reason == "decoder_defect"
    assert made.detail == "SyntaxError: decoders.milesight.em500_co2 is half written"
    assert [point.measurement for point in made.points] == ["radio"]


def test_only_the_models_that_speak_are_read() -> None:
    code = """
import sys
from ingest.decoding.decoding import Decoding
from ingest.devices import Directory
from ingest.intake.intake import Intake
from gateways.chirpstack.events import parse
from tests.fakes.uplinks import uplink
judged = Intake(parse).judge(uplink(7))
assert Decoding(Directory().resolve)(judged.entry, judged.message).reason == ""
print(*sorted(name for name in sys.modules if name.startswith(("decoders.milesight.em", "decoders.dragino."))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "decoders.milesight.em500_co2\n"
