"""Every recorded scenario leads to the conclusion that README.md states, in both encodings; a test bears its name.

The server's codecs are in test_wire_codecs.py, what happens on the downlink in test_wire_downlinks.py.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from gateways.chirpstack.events import parse
from gateways.rfc3339 import parse as parse_time
from gateways.uplink import Join, Position, RadioLink, Status, Uplink
from ingest.intake.intake import Intake, Judged
from ingest.journal.entry import Verdict
from tests.fakes.wire import FORMS, logs, notices, seen, uplinks

pytestmark = pytest.mark.parametrize("form", FORMS)

KEPT, DUPLICATE, RESET = Verdict.KEPT, Verdict.DUPLICATE, Verdict.RESET
MILLISECOND = 1_000_000
SECOND = 1_000_000_000
OURS, NO_CLOCK, NO_PLACE = "02c171ffff000001", "02c171ffff000002", "02c171ffff000003"


def _judged(form: str, scenario: str = "") -> list[Judged]:
    intake = Intake(parse)
    return [intake.judge(one.event) for one in seen(form, scenario)]


def _verdicts(form: str, scenario: str) -> list[Verdict]:
    return [Verdict(one.entry.verdict) for one in _judged(form, scenario)]


def _only(form: str, scenario: str) -> Uplink:
    (uplink,) = uplinks(form, scenario)
    return uplink


def _codes(form: str, scenario: str) -> list[str]:
    return [log.code for log in logs(form, scenario)]


# Payloads and joins.


def test_payload_vectors(form: str) -> None:
    found = uplinks(form, "payload_vectors")
    assert len(found) == len({uplink.device.dev_eui for uplink in found}) == 55
    assert {uplink.object for uplink in found} == {b""}
    assert all(uplink.payload for uplink in found)
    assert [uplink.confirmed for uplink in found] == [number % 7 == 6 for number in range(55)]


def test_otaa_join(form: str) -> None:
    join, uplink = (one.message for one in seen(form, "otaa_join"))
    assert isinstance(join, Join)
    assert isinstance(uplink, Uplink)
    assert join.dev_addr == uplink.dev_addr
    assert uplink.f_cnt == 0
    assert join.device is not None
    assert join.device.dev_eui == uplink.device.dev_eui


def test_otaa_wrong_key(form: str) -> None:
    (log,) = logs(form, "otaa_wrong_key")
    assert (log.level, log.code) == ("ERROR", "UPLINK_MIC")
    assert log.device is not None
    others = {one.message.device.dev_eui for one in seen(form) if one.message.device and one.message is not log}
    assert log.device.dev_eui not in others


def test_otaa_reused_nonce(form: str) -> None:
    (log,) = logs(form, "otaa_reused_nonce")
    assert (log.level, log.code, log.description) == ("ERROR", "OTAA", "DevNonce has already been used")
    assert log.device is not None
    assert log.device.dev_eui == uplinks(form, "otaa_join")[0].device.dev_eui


def test_otaa_unordered_nonce(form: str) -> None:
    joins = [notice for notice in notices(form, "otaa_unordered_nonce") if isinstance(notice, Join)]
    assert len({join.dev_addr for join in joins}) == 2
    assert _verdicts(form, "otaa_unordered_nonce") == [KEPT, KEPT]


# Copies, repeats and counters.


def test_three_gateways(form: str) -> None:
    found = uplinks(form, "three_gateways")
    assert [uplink.f_cnt for uplink in found] == [0, 1, 2]
    for uplink in found:
        links = {link.gateway: link for link in uplink.links}
        assert len(uplink.links) == len(links) == 3
        heard = {gateway: (link.rssi, link.snr) for gateway, link in links.items()}
        assert heard == {OURS: (-71.0, 9.2), NO_CLOCK: (-113.0, -7.5), NO_PLACE: (-101.0, 0.25)}
        assert links[OURS].position == Position(16.0611, 108.2272, 12.0)
        assert links[NO_PLACE].position is None
        assert links[NO_CLOCK].gw_time is links[NO_CLOCK].gps_time is None
        assert links[OURS].gps_time == uplink.time
        assert uplink.time is not None
        assert uplink.time % 1000, "a GPS clock's nanoseconds"
        assert all(link.ns_time for link in uplink.links)


def test_late_copy_300ms(form: str) -> None:
    assert [link.gateway for link in _only(form, "late_copy_300ms").links] == [OURS]
    assert not notices(form, "late_copy_300ms")


def test_late_copy(form: str) -> None:
    assert [link.gateway for link in _only(form, "late_copy").links] == [OURS]
    (log,) = logs(form, "late_copy")
    assert (log.level, log.code) == ("WARNING", "UPLINK_F_CNT_RETRANSMISSION")
    assert log.context["f_cnt_up"] == "0"


def test_same_gateway_twice(form: str) -> None:
    uplink = _only(form, "same_gateway_twice")
    assert [link.gateway for link in uplink.links] == [OURS, OURS]
    assert {link.rssi for link in uplink.links} == {-84.0, -80.0}


def test_retransmission(form: str) -> None:
    assert [uplink.f_cnt for uplink in uplinks(form, "retransmission")] == [0, 1]
    assert _codes(form, "retransmission") == ["UPLINK_F_CNT_RETRANSMISSION"]
    assert _verdicts(form, "retransmission") == [KEPT, KEPT, KEPT]


def test_retransmission_parallel(form: str) -> None:
    assert _only(form, "retransmission_parallel").f_cnt == 0
    assert set(_codes(form, "retransmission_parallel")) <= {"UPLINK_F_CNT_RETRANSMISSION"}


def test_fcnt_gap(form: str) -> None:
    assert [one.entry.gap for one in _judged(form, "fcnt_gap")] == [0, 0, 23]


def test_fcnt_reset(form: str) -> None:
    assert [uplink.f_cnt for uplink in uplinks(form, "fcnt_reset")] == [0, 1, 2, 3, 4]
    assert _codes(form, "fcnt_reset") == ["UPLINK_F_CNT_RESET"] * 3 + ["UPLINK_F_CNT_RETRANSMISSION"]
    assert [log.context["f_cnt_up"] for log in logs(form, "fcnt_reset")] == ["0", "1", "2", "3"]
    assert set(_verdicts(form, "fcnt_reset")) == {KEPT}


def test_fcnt_skip_check(form: str) -> None:
    assert len({uplink.identity for uplink in uplinks(form, "fcnt_skip_check")}) == 4
    assert _verdicts(form, "fcnt_skip_check") == [KEPT, KEPT, DUPLICATE, RESET]


def test_fcnt_32bit(form: str) -> None:
    assert [uplink.f_cnt for uplink in uplinks(form, "fcnt_32bit")] == [65534, 65535, 65536, 65537]
    assert _verdicts(form, "fcnt_32bit") == [KEPT] * 4


# Radio.


def test_empty_frames(form: str) -> None:
    found = uplinks(form, "empty_frames")
    assert [(uplink.f_port, uplink.payload) for uplink in found] == [(0, b""), (0, b""), (5, b""), (6, b"\0")]
    (link,) = found[-1].links
    assert (link.gateway, link.rssi, link.snr, link.position) == (NO_PLACE, 0.0, 0.0, None)


def test_odd_radio(form: str) -> None:
    found = uplinks(form, "odd_radio")
    assert [uplink.f_cnt for uplink in found] == [0, 1, 2, 3, 4]
    links = [uplink.links[0] for uplink in found]
    assert [link.crc for link in links] == ["NO_CRC", "BAD_CRC", "CRC_OK", "CRC_OK", "CRC_OK"]
    assert [link.snr for link in links] == [4.5, 4.5, None, 14.75, None]
    assert [link.rssi for link in links] == [-97.0, -97.0, -97.0, 5.0, -70.0]
    assert [uplink.bitrate for uplink in found] == [0, 0, 0, 0, 50_000]
    assert [uplink.spreading_factor for uplink in found] == [9, 9, 9, 9, 0]


def test_adr(form: str) -> None:
    assert [uplink.adr for uplink in uplinks(form, "adr")] == [True, True]


def test_status(form: str) -> None:
    found = [notice for notice in notices(form, "status") if isinstance(notice, Status)]
    levels = [(True, None), (False, 0.39370078), (False, 39.37008), (False, 100.0), (False, None)]
    assert [(status.external_power, status.battery) for status in found] == levels
    assert [status.margin for status in found] == [20, -32, -1, 31, 0]
    assert [status.identity for status in found] == [uplink.identity for uplink in uplinks(form, "status")]
    assert set(_verdicts(form, "status")) == {KEPT}


# Clocks.


def _late(form: str, scenario: str) -> RadioLink:
    """The reception of an uplink whose own time is the server's, after it has waited for further copies."""
    uplink = _only(form, scenario)
    (link,) = uplink.links
    assert link.ns_time is not None
    assert uplink.time is not None
    assert 200 * MILLISECOND < uplink.time - link.ns_time < 250 * MILLISECOND
    assert _judged(form, scenario)[0].entry.received_at == link.ns_time
    return link


def test_time_2012(form: str) -> None:
    gw_time = _late(form, "time_2012").gw_time
    assert gw_time is not None
    assert parse_time("2012-01-01T00:00:00Z") <= gw_time < parse_time("2013-01-01T00:00:00Z")


def test_time_future(form: str) -> None:
    link = _late(form, "time_future")
    assert link.gw_time is not None
    assert link.ns_time is not None
    assert 1790 * SECOND < link.gw_time - link.ns_time < 1810 * SECOND


def test_time_missing(form: str) -> None:
    assert _late(form, "time_missing").gw_time is None


def test_time_gps_wrong(form: str) -> None:
    uplink = _only(form, "time_gps_wrong")
    (link,) = uplink.links
    assert uplink.time == parse_time("2006-12-01T03:04:05Z")
    # The server knew 14 leap seconds for 2006; for a clock that is right it is 18.
    assert link.gps_time == uplink.time - 4 * SECOND
    assert _judged(form, "time_gps_wrong")[0].entry.received_at == link.ns_time


# Names and gateways.


def test_renamed_moved(form: str) -> None:
    found = uplinks(form, "renamed_moved")
    assert len({uplink.device.dev_eui for uplink in found}) == 1
    assert len({uplink.device.name for uplink in found}) == 3
    assert len({uplink.device.application_id for uplink in found}) == 2
    assert len({str(sorted(uplink.device.tags.items())) for uplink in found}) > 1
    assert len({one.event.topic for one in seen(form, "renamed_moved")}) == 2
    judged = _judged(form, "renamed_moved")
    assert [(one.entry.verdict, one.entry.gap) for one in judged] == [(KEPT, 0)] * 3


def test_foreign_gateways(form: str) -> None:
    uplink = _only(form, "foreign_gateways")
    assert ([link.gateway for link in uplink.links], uplink.f_cnt) == ([OURS], 2)


# All of it.


def test_every_scenario_of_the_readme_has_a_test(form: str) -> None:
    folder = Path(__file__).parent
    told = re.findall(r"^\| `(\w+)` \|", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    tests = [path.read_text(encoding="utf-8") for path in folder.glob("test_wire_*.py")]
    names = re.findall(r"^def test_(\w+)\(form", "\n".join(tests), re.MULTILINE)
    assert set(told) == {one.scenario for one in seen(form)}
    assert set(told) <= set(names)


def test_delivered_twice_everything_is_known(form: str) -> None:
    intake = Intake(parse)
    first = Counter(intake.judge(one.event).entry.verdict for one in seen(form))
    assert first == {KEPT: 180, DUPLICATE: 1, RESET: 1}
    assert {intake.judge(one.event).entry.verdict for one in seen(form)} == {DUPLICATE}
