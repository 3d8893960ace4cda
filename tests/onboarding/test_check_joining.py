"""Why a device does not join: every case that leaves a trace is told apart, and the rest is one verdict that lists it.

The answers are those of a recorded server: the events of each scenario, and the frames that its gateways' streams show.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gateways.chirpstack.admin.answers import Activation, ServerKeys
from ingest.onboarding.check import heard
from ingest.onboarding.check.evidence import Ear, Evidence, Target, key_state
from ingest.onboarding.check.payload import Reader
from ingest.onboarding.check.verdict import Report, judge
from tests.fakes.streams import GATEWAY, SECOND, a_device, a_gateway, a_profile, data_frame, join_request, recorded

EUI = "02c1710000000039"
NOW = 1_795_307_600 * SECOND
LATER = NOW + 30 * SECOND
READER = Reader()


def evidence(**changes: Any) -> Evidence:
    usual: dict[str, Any] = {
        "target": Target(dev_eui=EUI, site="cau-rong", latitude=16.06, longitude=108.22),
        "device": a_device(EUI),
        "profile": a_profile(),
        "keys": "set",
        "gateways": {GATEWAY: a_gateway()},
        "ears": {GATEWAY: Ear()},
        "now": LATER,
        "waited": 30.0,
    }
    return Evidence(**(usual | changes))


def with_frames(found: Evidence, *frames: Any) -> Evidence:
    for one in frames:
        found = heard.frame(found, GATEWAY, one)
    return found


def with_events(found: Evidence, *scenarios: str) -> Evidence:
    for scenario in scenarios:
        for one in recorded(scenario):
            found = heard.event(found, one, READER)
    return found


def failures(report: Report) -> set[str]:
    return {one.code for one in report.remarks if one.level == "fail"}


def ended(found: Evidence, **changes: Any) -> Report:
    return judge(msgspec.structs.replace(found, over=True, full=True, waited=900.0, **changes))


def test_a_wrong_key_is_told_by_the_servers_log() -> None:
    report = judge(with_events(evidence(), "otaa_wrong_key"))
    assert (report.verdict, failures(report), report.settled) == ("FAIL", {"wrong_key"}, True)


def test_a_used_nonce_may_pass_and_fails_in_the_end() -> None:
    found = with_events(evidence(), "otaa_reused_nonce")
    assert judge(found).verdict == "INCOMPLETE"
    assert not judge(found).settled
    report = ended(found)
    assert (report.verdict, failures(report)) == ("FAIL", {"nonce_used"})


def test_what_failed_before_a_join_is_forgotten() -> None:
    found = with_events(evidence(), "otaa_wrong_key", "otaa_reused_nonce")
    at = max(one.at for one in found.logs) + SECOND
    report = judge(msgspec.structs.replace(found, joins=(at,)))
    assert (report.verdict, failures(report)) == ("INCOMPLETE", set())


def test_an_unknown_device_that_is_heard_is_to_be_added() -> None:
    found = with_frames(evidence(device=None, profile=None), join_request(EUI, NOW))
    report = judge(found)
    assert (report.verdict, failures(report), report.settled) == ("FAIL", {"unknown_heard"}, True)
    assert "Cầu Rồng" in report.remarks[0].said.in_("vi")


def test_an_unknown_device_that_is_not_heard_has_perhaps_another_eui() -> None:
    found = evidence(device=None, profile=None)
    assert judge(found).verdict == "INCOMPLETE"
    report = ended(found)
    assert (report.verdict, {one.code for one in report.remarks}) == ("FAIL", {"unknown"})


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"device": a_device(EUI, disabled=True)}, "disabled"),
        ({"keys": key_state(None)}, "no_keys"),
        ({"keys": key_state(ServerKeys(nwk_key="0" * 32, app_key="0" * 32))}, "no_keys"),
        ({"keys": key_state(ServerKeys(nwk_key="0" * 32, app_key="1" * 32))}, "key_misplaced"),
        ({"keys": "only_app_key", "profile": a_profile(mac_version="1.1.0")}, "no_nwk_key"),
        ({"profile": a_profile(otaa=False)}, "abp_not_activated"),
    ],
)
def test_what_is_wrong_on_the_server_is_told_at_once(changes: dict[str, Any], code: str) -> None:
    report = judge(evidence(**changes))
    assert (report.verdict, failures(report), report.settled) == ("FAIL", {code}, True)


@pytest.mark.parametrize(
    "changes", [{"device": a_device(EUI, disabled=True)}, {"keys": "none"}, {"profile": a_profile(region="AS923")}]
)
def test_a_dropped_join_request_of_a_known_cause_says_that_the_radio_is_well(changes: dict[str, Any]) -> None:
    report = judge(with_frames(evidence(**changes), join_request(EUI, NOW)))
    assert report.verdict == "FAIL"
    assert "join_dropped" not in failures(report)
    assert "join_heard" in {one.code for one in report.remarks}


def test_another_region_is_told_by_the_frames_of_the_gateways() -> None:
    found = evidence(profile=a_profile(region="AS923"))
    assert judge(found).verdict == "INCOMPLETE"
    assert {one.code for one in judge(found).remarks if one.level == "warn"} == {"foreign_region"}
    report = judge(with_frames(found, join_request("02c17100000000ff", NOW)))
    assert (report.verdict, failures(report)) == ("FAIL", {"wrong_region"})
    assert "AS923_2" in report.remarks[0].said.in_("en")


def test_another_region_is_told_by_a_dropped_join_where_frames_name_no_region() -> None:
    found = evidence(profile=a_profile(region="EU868"))
    other = judge(with_frames(found, join_request("02c17100000000ff", NOW, region="")))
    assert (other.verdict, failures(other)) == ("INCOMPLETE", set())
    report = judge(with_frames(found, join_request(EUI, NOW, region="")))
    assert (report.verdict, failures(report), report.settled) == ("FAIL", {"foreign_region"}, True)
    assert "join_heard" in {one.code for one in report.remarks}


def test_a_request_that_is_dropped_for_no_reason_that_can_be_seen() -> None:
    found = with_frames(evidence(), join_request(EUI, NOW))
    assert failures(judge(found)) == {"join_dropped"}
    assert failures(judge(msgspec.structs.replace(found, now=NOW + SECOND))) == set()


def test_a_device_that_joins_where_its_profile_is_personalised() -> None:
    abp = {"profile": a_profile(otaa=False), "activation": Activation(dev_addr="01000140", f_cnt_up=0)}
    report = judge(with_frames(evidence(**abp), join_request(EUI, NOW)))
    assert failures(report) == {"joins_but_abp"}


def test_an_accept_that_is_not_heard_is_told_by_joins_without_an_uplink() -> None:
    found = with_events(evidence(), "otaa_unordered_nonce")
    assert len(found.joins) == 2
    assert judge(found).verdict == "INCOMPLETE"
    assert failures(ended(found)) == {"accept_unheard"}
    again = msgspec.structs.replace(found, joins=(*found.joins, LATER))
    assert (judge(again).verdict, judge(again).settled) == ("FAIL", True)


@pytest.mark.parametrize(("otaa", "code"), [(False, "data_dropped_abp"), (True, "data_dropped_otaa")])
def test_data_of_its_address_that_the_server_does_not_take(otaa: bool, code: str) -> None:  # noqa: FBT001
    found = evidence(
        profile=a_profile(otaa=otaa),
        activation=Activation(dev_addr="01000140", f_cnt_up=0),
        dev_addrs=frozenset({"01000140"}),
    )
    report = judge(with_frames(found, data_frame("01000140", NOW), data_frame("01ffffff", NOW)))
    assert (report.verdict, failures(report)) == ("FAIL", {code})


def test_frames_that_the_server_told_of_are_not_dropped() -> None:
    found = with_events(evidence(), "otaa_wrong_key")
    at = found.logs[0].at
    report = judge(msgspec.structs.replace(with_frames(found, join_request(EUI, at - SECOND)), now=at + 60 * SECOND))
    assert failures(report) == {"wrong_key"}


def test_nothing_at_all_is_one_verdict_that_lists_what_it_can_be() -> None:
    report = ended(evidence())
    assert (report.verdict, failures(report)) == ("FAIL", {"silent"})
    said = report.remarks[0].said.in_("en")
    for cause in ("off", "battery", "out of reach", "region", "other people's gateways", "address"):
        assert cause in said


def test_a_wait_that_was_cut_short_proves_nothing() -> None:
    report = judge(evidence(over=True))
    assert (report.verdict, failures(report)) == ("INCOMPLETE", set())
    assert "silent_so_far" in {one.code for one in report.remarks}


@pytest.mark.parametrize(
    ("gateways", "code"), [({GATEWAY: a_gateway(state="offline")}, "gateways_offline"), ({}, "no_gateway")]
)
def test_silence_of_gateways_is_no_silence_of_the_device(gateways: dict[str, Any], code: str) -> None:
    assert failures(ended(evidence(gateways=gateways, ears={}))) == {code}


def test_a_busy_gateways_stream_is_said_to_be_incomplete() -> None:
    crowd = [join_request(f"02c17100000001{n:02x}", NOW + n * SECOND // 20) for n in range(10)]
    report = ended(with_frames(evidence(), *crowd))
    remark = next(one for one in report.remarks if one.code == "crowded")
    assert "Cầu Rồng" in remark.said.in_("vi")
    calm = [join_request(f"02c17100000001{n:02x}", NOW + n * SECOND) for n in range(30)]
    assert "crowded" not in {one.code for one in ended(with_frames(evidence(), *calm)).remarks}


def test_gateways_that_cannot_be_listened_to_are_named() -> None:
    far = a_gateway(id="02c171ffff000009", name="Hòa Khánh")
    found = evidence(gateways={GATEWAY: a_gateway(), far.id: far}, ears={GATEWAY: Ear(refused="not_allowed")})
    codes = {one.code for one in ended(found).remarks}
    assert {"deaf", "not_listened"} <= codes


def test_a_counter_that_began_again_loses_data_until_it_has_passed() -> None:
    found = evidence(profile=a_profile(otaa=False), activation=Activation(dev_addr="01000147", f_cnt_up=4))
    for one in recorded("fcnt_reset", "log"):
        found = heard.event(found, one, READER)
    assert failures(judge(found)) == {"counter_reset"}


def test_events_that_may_not_be_read_are_no_silence() -> None:
    report = ended(evidence(refused="not_allowed"))
    assert failures(report) == {"events_refused"}


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_reason_shows_a_key(language: str) -> None:
    secret = ServerKeys(nwk_key="5572404c696e6b4c6f52613230313823", app_key="0" * 32)
    report = ended(evidence(keys=key_state(secret)))
    assert secret.nwk_key[:8] not in str(report.as_json(language)).lower()  # type: ignore[arg-type]
    assert secret.nwk_key[:8] not in repr(report).lower()
