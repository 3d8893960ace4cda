"""A device that is heard: how well, what it says, and where it is said to be."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from decoders.base import Reading
from gateways.chirpstack.admin.answers import Activation
from ingest.onboarding.check import content, heard, memory, radio
from ingest.onboarding.check.evidence import Ear, Evidence, Target, target
from ingest.onboarding.check.lines import lines
from ingest.onboarding.check.payload import Reader, Understood
from ingest.onboarding.check.verdict import Report, judge
from ingest.registry.site import EMPTY, Placement, Site
from tests.fakes.streams import GATEWAY, WELL, a_device, a_gateway, a_profile, item, join_request, recorded, up

EUI = "02c1710000000038"
HERE = Target(dev_eui=EUI, model="Dragino LHT65", site="cau-rong", latitude=16.0605, longitude=108.2275)
READER = Reader()
DRY_AND_COLD = "air_temperature"
"""The recorded payload is of a winter elsewhere: 1.3 °C is not believed of Đà Nẵng."""


def evidence(scenario: str, where: Target = HERE, **changes: Any) -> Evidence:
    usual: dict[str, Any] = {
        "target": where,
        "device": a_device(EUI),
        "profile": a_profile(),
        "keys": "set",
        "activation": Activation(dev_addr="010b5861", f_cnt_up=0),
        "gateways": {GATEWAY: a_gateway()},
        "ears": {GATEWAY: Ear()},
    }
    found = Evidence(**(usual | changes))
    for one in recorded(scenario):
        found = heard.event(found, one, READER)
    return found


def of(*bodies: dict[str, Any], where: Target = HERE, **changes: Any) -> Report:
    found = msgspec.structs.replace(evidence("adr", where, **changes), uplinks=(), wanted=len(bodies) or 1)
    for place, body in enumerate(bodies):
        found = heard.event(found, item("up", body, place * 600_000_000_000), READER)
    return judge(found)


def codes(report: Report, *levels: str) -> set[str]:
    return {one.code for one in report.remarks if one.level in levels}


EM300 = msgspec.structs.replace(HERE, model="Milesight EM300-TH")


def test_a_device_that_is_well_passes() -> None:
    report = of(up(**WELL), where=EM300)
    assert (report.verdict, codes(report, "fail", "warn")) == ("PASS", set())
    assert report.settled
    said = report.as_json("vi")
    assert [(one["quantity"], one["value"]) for one in said["values"]] == [
        ("battery", 92.0),
        ("air_temperature", 29.0),
        ("humidity", 71.0),
    ]
    assert said["margins"] == [{"spreading_factor": 9, "uplinks": 1, "snr": 4.5, "floor": -12.5, "margin": 17.0}]
    assert said["gateways"][0]["distance_m"] < 100
    assert (said["battery_percent"], said["joined"], said["model"]) == (92.0, True, "Milesight EM300-TH")


def test_a_join_and_an_uplink_as_recorded() -> None:
    found = evidence("otaa_join")
    assert judge(found).verdict == "WARN"
    assert codes(judge(found), "warn") == {"implausible"}
    remark = next(one for one in judge(found).remarks if one.code == "implausible")
    assert "Nhiệt độ không khí" in remark.said.in_("vi")
    assert "Air temperature" in remark.said.in_("en")
    assert "(mostly 5 to 45)" in remark.said.in_("en")


def test_more_uplinks_are_waited_for() -> None:
    found = msgspec.structs.replace(evidence("otaa_join"), wanted=2)
    assert (judge(found).verdict, judge(found).settled) == ("INCOMPLETE", False)
    report = judge(msgspec.structs.replace(found, over=True))
    assert (report.verdict, "too_few" in codes(report, "note")) == ("INCOMPLETE", True)


@pytest.mark.parametrize(
    ("snr", "factor", "thin"), [(-2.6, 7, True), (-2.5, 7, False), (-15.1, 12, True), (-9.0, 9, True), (4.5, 12, False)]
)
def test_margin_is_over_what_the_spreading_factor_needs(snr: float, factor: int, thin: bool) -> None:  # noqa: FBT001
    report = of(up(**WELL, reception={"snr": snr}, lora={"spreadingFactor": factor}), where=EM300)
    assert ("margin_thin" in codes(report, "warn")) is thin
    assert ("slowest" in codes(report, "warn")) is (factor == 12)


def test_the_best_gateway_of_each_uplink_counts_and_the_worst_uplink() -> None:
    found = evidence("three_gateways")
    assert [one.margin for one in radio.margins(found)] == [9.2 + 12.5]
    heard_by = radio.hearers(found)
    assert [one.id[-1] for one in heard_by] == ["1", "3", "2"]
    assert heard_by[0].distance is not None
    assert heard_by[1].distance is None
    assert heard_by[2].distance == pytest.approx(8.4, abs=0.3)
    assert "one_gateway" not in codes(judge(found), "note")
    weaker = up(**WELL, reception={"snr": -3.0, "rssi": -110}, fCnt=1)
    both = of(up(**WELL), weaker, where=EM300).evidence
    assert [(one.uplinks, one.snr, one.margin) for one in radio.margins(both)] == [(2, -3.0, 9.5)]
    assert [(one.uplinks, one.snr, one.rssi) for one in radio.hearers(both)] == [(2, 4.5, -97)]


def test_a_gateway_that_is_farther_than_radio_goes_is_in_the_wrong_place() -> None:
    far = msgspec.structs.replace(EM300, latitude=15.7, longitude=107.9)
    assert "too_far" in codes(of(up(**WELL), where=far), "warn")
    some_km = msgspec.structs.replace(EM300, latitude=16.03, longitude=108.17)
    assert codes(of(up(**WELL), where=some_km), "warn") == set()
    loud = of(up(**WELL, reception={"rssi": -40}), where=some_km)
    assert codes(loud, "warn") == {"too_loud"}


def test_free_space_is_reckoned_as_itu_does() -> None:
    assert radio.strongest(1.0, 921_400_000) == pytest.approx(radio.EIRP + radio.GAIN - 91.74, abs=0.01)


def test_time_on_air_is_held_against_the_limit() -> None:
    slow = up(**WELL, lora={"spreadingFactor": 12})
    report = of(slow, {**slow, "fCnt": 1, "deduplicationId": "b"}, where=EM300)
    assert report.as_json("en")["duty_percent"] == pytest.approx(100 * 1.482752 / 600, abs=1e-4)
    assert "dwell" in codes(report, "warn")
    assert "duty" not in codes(report, "warn")
    often = of(up(**WELL), where=EM300, profile=a_profile(uplink_interval=10))
    assert "duty" in codes(often, "warn")


def test_a_frequency_that_the_country_does_not_have() -> None:
    assert "outside_band" in codes(of(up(**WELL, sent={"frequency": 923_200_000}), where=EM300), "warn")


def test_frames_that_did_not_arrive_are_counted() -> None:
    report = judge(msgspec.structs.replace(evidence("fcnt_gap"), wanted=3))
    remark = next(one for one in report.remarks if one.code == "frames_lost")
    assert "23" in remark.said.in_("en")


@pytest.mark.parametrize(
    ("model", "changes", "level", "code"),
    [
        ("", {}, "warn", "no_model"),
        ("Nobody's", {}, "fail", "unknown_model"),
        ("Milesight EM300-TH", {"data": "EREREQ=="}, "fail", "undecoded"),
        ("Decentlab DL-PM", {}, "fail", "undecoded"),
        ("Milesight EM300-TH", {"data": "AXUF"}, "warn", "no_measurement"),
        ("Milesight EM300-TH", {"data": "AXUFA2ciAQ=="}, "warn", "battery_low"),
        ("Milesight EM300-TH", {"data": ""}, "warn", "no_measurement"),
    ],
)
def test_what_a_payload_tells(model: str, changes: dict[str, Any], level: str, code: str) -> None:
    report = of(up(**(WELL | changes)), where=msgspec.structs.replace(HERE, model=model))
    assert code in codes(report, level)
    assert report.verdict == ("FAIL" if level == "fail" else "WARN")


def test_one_payload_that_cannot_be_read_among_others_is_no_failure() -> None:
    report = of(up(**WELL), up(**(WELL | {"fPort": 86, "fCnt": 1, "data": "/w=="})), where=EM300)
    assert (report.verdict, codes(report, "warn")) == ("WARN", {"undecoded"})


@pytest.mark.parametrize("scenario", ["codec_fails", "codec_broken"])
def test_a_codec_that_fails_on_the_server_is_told(scenario: str) -> None:
    assert "server_codec" in codes(judge(evidence(scenario)), "warn")


def test_battery_is_what_was_told_last() -> None:
    found = evidence("status")
    assert content.battery(msgspec.structs.replace(found, uplinks=())) == (None, False)
    external = msgspec.structs.replace(found, uplinks=(), status=None, device=a_device(EUI, external_power=True))
    assert content.battery(external) == (None, True)
    told = [one for one in recorded("status", "status") if one.body["batteryLevel"] > 0]
    low = heard.event(msgspec.structs.replace(found, uplinks=()), told[0], READER)
    assert content.battery(low)[0] == pytest.approx(told[0].body["batteryLevel"])


@pytest.mark.parametrize(
    ("where", "code"),
    [
        (Target(dev_eui=EUI), "no_site"),
        (Target(dev_eui=EUI, site="a"), "no_position"),
        (Target(dev_eui=EUI, site="a", latitude=108.2, longitude=16.06), "outside_city"),
        (Target(dev_eui=EUI, site="a", latitude=10.78, longitude=106.7), "outside_city"),
    ],
)
def test_a_place_that_nobody_can_find_is_told(where: Target, code: str) -> None:
    where = msgspec.structs.replace(where, model=EM300.model)
    assert code in codes(of(up(**WELL), where=where), "warn")


def test_the_registry_says_where_a_device_is_now() -> None:
    registry = EMPTY.with_site(Site(id="a", latitude=16.0, longitude=108.2)).with_site(Site(id="b"))
    moved = registry.with_device(EUI, [Placement(EUI, "b", 0, 10), Placement(EUI, "a", 10)])
    assert target(EUI, moved) == Target(dev_eui=EUI, site="a", latitude=16.0, longitude=108.2)
    assert target(EUI, registry.with_device(EUI, [Placement(EUI, "b", 0, 10)])) == Target(dev_eui=EUI)


def test_a_state_is_told_by_its_word_and_a_channel_by_its_number() -> None:
    found = evidence("otaa_join")
    readings = (Reading("tilt", 1.0), Reading("distance", 1.5, 2))
    spoken = msgspec.structs.replace(found.uplinks[0], understood=Understood("x", readings))
    several = lines(judge(msgspec.structs.replace(found, uplinks=(spoken,))))
    for language, texts in (("vi", ("bị nghiêng", "(kênh 2): 1.5 m")), ("en", ("tilted", "(channel 2): 1.5 m"))):
        said = [line.said.in_(language) for line in several]  # type: ignore[arg-type]
        assert all(any(text in one for one in said) for text in texts)


def test_a_second_copy_of_an_uplink_counts_once() -> None:
    found = evidence("otaa_join")
    again = heard.event(found, recorded("otaa_join", "up")[0], READER)
    assert len(again.uplinks) == 1


def test_an_item_that_makes_no_sense_adds_nothing() -> None:
    before = evidence("otaa_wrong_key")
    for body in ({}, {"deviceInfo": 1}, {"fCnt": "x"}):
        assert heard.event(before, item("up", body, 0), READER) == before


def test_clocks_that_differ_are_told() -> None:
    assert "skew" in codes(judge(evidence("otaa_join", skew=-4000.0)), "note")
    assert "skew" not in codes(judge(evidence("otaa_join", skew=-4.0)), "note")


def test_what_was_heard_is_kept_for_the_next_time(tmp_path: Any) -> None:
    for scenario in ("otaa_join", "status", "otaa_wrong_key", "three_gateways"):
        found = heard.frame(evidence(scenario), GATEWAY, join_request(EUI, 3))
        found = msgspec.structs.replace(found, now=5)
        memory.save(tmp_path, found)
        kept = memory.load(tmp_path, EUI)
        assert kept is not None
        fresh = msgspec.structs.replace(found, uplinks=(), joins=(), logs=(), status=None, frames=())
        assert kept.onto(fresh) == found
        assert kept.until == 5
    path = next((tmp_path / memory.FOLDER).glob("*.json"))
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"{")
    assert memory.load(tmp_path, EUI) is None
    memory.forget(tmp_path, EUI)
    assert not path.exists()
    memory.forget(tmp_path, EUI)
