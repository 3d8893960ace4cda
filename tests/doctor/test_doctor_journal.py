"""What the doctor says of the events of the last day, of recorded ones among them: each check both ways."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from gateways import rfc3339
from gateways.uplink import Event
from ingest.doctor.examine import JOURNAL_CHECKS
from ingest.doctor.finding import Deadline
from ingest.doctor.journal_case import watch
from tests.fakes.house import House
from tests.fakes.uplinks import RECORDED, SECOND, START, recorded, uplink

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ingest.doctor.finding import Told

MINUTE, HOUR = 60 * SECOND, 3600 * SECOND


def looked(folder: Path, events: Iterable[Event], now: int | None = None) -> dict[str, Told]:
    """The findings, with the events in a journal."""
    events = list(events)
    with House(folder) as house:
        for event in events:
            house.take([event])
    at = now or events[-1].arrived_at + MINUTE
    found = list(watch(folder, JOURNAL_CHECKS, Deadline(20), at))
    assert all(one.told("vi").observed for one in found)
    return {one.check: one.told("en") for one in found}


def heard(f_cnt: int, at: int, *, gateway: str = "02c171ffff000001", behind: int = 0, **more: Any) -> Event:
    """An uplink that a gateway had `behind` seconds before the server."""
    link = {"gatewayId": gateway, "nsTime": rfc3339.render(at), "rssi": -60, "snr": 10.5}
    link["gwTime"] = rfc3339.render(at - behind * SECOND)
    return uplink(f_cnt, at=at, rxInfo=[link], **more)


def steady(count: int = 10, **more: Any) -> list[Event]:
    return [heard(f_cnt, START + f_cnt * MINUTE, **more) for f_cnt in range(count)]


def protobuf(scenario: str) -> list[Event]:
    """The recorded Protobuf events of a scenario."""
    lines = map(json.loads, RECORDED.with_name("events.protobuf.jsonl").read_text("utf-8").splitlines())
    return [
        Event("main", line["topic"], base64.b64decode(line["payload_b64"]), rfc3339.parse(line["received_at"]))
        for line in lines
        if line["scenario"] == scenario
    ]


def test_a_day_without_a_fault(tmp_path: Path) -> None:
    found = looked(tmp_path, steady())
    assert {name: one.state for name, one in found.items()} == {
        "codec errors": "ok",
        "codecs that give infinity": "ok",
        "frames lost after gateway bursts": "unknown",  # no gateway had to keep anything
        "frames lost in the network": "ok",
        "clocks of gateways": "ok",
        "region of gateways": "ok",
    }


def test_nothing_received_is_unknown(tmp_path: Path) -> None:
    found = [*watch(tmp_path, JOURNAL_CHECKS, Deadline(1))]
    assert {one.state for one in found} == {"unknown"}
    assert len(found) == len(JOURNAL_CHECKS)
    old = looked(tmp_path, steady(), now=START + 30 * HOUR)
    assert {one.state for one in old.values()} == {"unknown"}


def test_codec_errors_are_counted_by_profile(tmp_path: Path) -> None:
    found = looked(tmp_path, [*recorded("codec_fails"), *recorded("codec_broken")])
    assert found["codec errors"].state == "warn"
    assert "8 in the last" in found["codec errors"].observed
    assert "JS codec (6)" in found["codec errors"].observed
    assert "codec" in found["codec errors"].remedy


def test_infinity_is_seen_in_protobuf(tmp_path: Path) -> None:
    found = looked(tmp_path, protobuf("codec_infinity"))["codecs that give infinity"]
    assert found.state == "fail"
    assert "null instead" in found.remedy
    other = looked(tmp_path / "other", protobuf("codec_odd_values"))["codecs that give infinity"]
    assert other.state == "ok"  # a not-a-number loses nothing


def test_infinity_in_json_is_a_missing_frame_at_most(tmp_path: Path) -> None:
    found = looked(tmp_path, recorded("codec_infinity"))["codecs that give infinity"]
    assert found.state == "unknown"
    assert "1 frames are missing" in found.observed
    other = looked(tmp_path / "other", recorded("codec_ok"))["codecs that give infinity"]
    assert other.state == "ok"


@pytest.mark.parametrize(("counters", "state"), [((0, 1, 2, 3, 4), "ok"), ((0, 1, 3, 4), "warn")])
def test_a_gateway_that_sends_at_once_what_it_has_kept(tmp_path: Path, counters: tuple[int, ...], state: str) -> None:
    burst = [heard(f_cnt, START + HOUR + f_cnt * SECOND, behind=600 - f_cnt) for f_cnt in counters[1:]]
    found = looked(tmp_path, [heard(0, START), *burst])["frames lost after gateway bursts"]
    assert found.state == state
    if state == "warn":
        assert "02c171ffff000001" in found.observed
        assert "session_expiry_interval" in found.remedy


def test_frames_that_we_have_lost_ourselves(tmp_path: Path) -> None:
    with House(tmp_path) as house:
        house.take([heard(0, START)])
        house.intake.lost("main", 1)
        house.take([heard(2, START + MINUTE)])
    found = {one.check: one.told("en") for one in watch(tmp_path, JOURNAL_CHECKS, Deadline(20), START + HOUR)}
    assert found["frames lost in the network"].state == "fail"
    assert "inside citylora 1" in found["frames lost in the network"].observed


@pytest.mark.parametrize(("behind", "state"), [(0, "ok"), (9, "ok"), (15, "warn"), (-100, "warn")])
def test_the_clock_of_a_gateway(tmp_path: Path, behind: int, state: str) -> None:
    found = looked(tmp_path, steady(behind=behind))["clocks of gateways"]
    assert found.state == state
    if state == "warn":
        assert f"02c171ffff000001 ({-behind:+d} s)" in found.observed


@pytest.mark.parametrize(
    ("hertz", "region", "state"),
    [
        (921_400_000, "as923_2", "ok"),
        (921_400_000, "danang", "ok"),  # a name of the city's own says nothing; the frequency does
        (923_200_000, "as923", "fail"),
        (923_200_000, "danang", "fail"),
        (921_400_000, "as923_3", "fail"),
        (0, "as923_2", "unknown"),
    ],
)
def test_the_region_in_which_gateways_hear(tmp_path: Path, hertz: int, region: str, state: str) -> None:
    lora = {"lora": {"bandwidth": 125000, "spreadingFactor": 7}}
    sent: dict[str, Any] = {"txInfo": {"frequency": hertz, "modulation": lora}, "regionConfigId": region}
    found = looked(tmp_path, steady(**sent))["region of gateways"]
    assert found.state == state
    if state == "fail":
        assert "02c171ffff000001" in found.observed
        assert f"{region}, {hertz / 1e6:.1f} MHz" in found.observed


def test_where_no_gateway_tells_its_time(tmp_path: Path) -> None:
    events = [uplink(f_cnt, at=START + f_cnt * MINUTE) for f_cnt in range(3)]
    assert looked(tmp_path, events)["clocks of gateways"].state == "unknown"


def test_a_journal_that_is_damaged_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"no database at all" * 100)
    found = list(watch(tmp_path, JOURNAL_CHECKS, Deadline(1)))
    assert {one.state for one in found} == {"unknown"}
    assert "journal.db" in str(found[0].observed)
