"""The watch: streams to verdicts, whatever this machine's clock says, and however often a stream breaks."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from gateways.chirpstack.admin.answers import Activation, ServerKeys
from gateways.chirpstack.admin.errors import AdminError
from ingest.i18n import LANGUAGES
from ingest.onboarding.check import gateway as gateways
from ingest.onboarding.check import memory, run, streams
from ingest.onboarding.check.asking import ask
from ingest.onboarding.check.evidence import Target
from tests.fakes.streams import GATEWAY, SECOND, a_device, a_gateway, a_profile, data_frame, join_request, recorded
from tests.fakes.told import Told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gateways.chirpstack.admin.answers import StreamItem
    from ingest.onboarding.check.verdict import Report

EUI = "02c1710000000038"
OTHER = "02c1710000000039"
HERE = Target(dev_eui=EUI, model="Dragino LHT65", site="cau-rong", latitude=16.0605, longitude=108.2275)
KEYS = ServerKeys(nwk_key="5572404c696e6b4c6f52613230313823", app_key="0" * 32)
AGES = 3600 * SECOND
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "SETTLE", 0.1)
    monkeypatch.setattr(run, "TICK", 0.02)
    monkeypatch.setattr(gateways, "TICK", 0.02)
    monkeypatch.setattr(streams, "HISTORY", 0.3)
    monkeypatch.setattr(streams, "_PAUSE", 0.05)
    monkeypatch.setattr(streams, "_BREATH", 0.01)


@pytest.fixture
def told() -> Iterator[Told]:
    server = Told()
    server.device_of = {one: a_device(one) for one in (EUI, OTHER)}
    server.profile_of = {"profile": a_profile()}
    server.keys_of = {EUI: KEYS, OTHER: KEYS}
    server.gateway_of = {GATEWAY: a_gateway()}
    yield server
    server.close()


def now_at(item: StreamItem, at: int) -> StreamItem:
    return msgspec.structs.replace(item, at=at, id=f"{at // 1_000_000}-{item.what}")


def spoken(at: int) -> list[StreamItem]:
    return [now_at(one, at + place) for place, one in enumerate(recorded("otaa_join"))]


def codes(report: Report) -> set[str]:
    return {one.code for one in report.remarks}


def watch_until(told: Told, targets: Sequence[Target], done: Callable[[Report], object], **how: Any) -> list[Report]:
    """Watch until that is so of the first device, as somebody ends it who sees it."""
    stop = threading.Event()

    def changed(reports: Sequence[Report]) -> None:
        if done(reports[0]):
            stop.set()

    return run.watch(told.as_server(), targets, timeout=PATIENCE, stop=stop, changed=changed, **how)


def test_a_join_and_an_uplink_end_the_watch(told: Told) -> None:
    told.later(0.4, EUI, *spoken(time.time_ns()))
    seen: list[str] = []
    began = time.monotonic()

    def changed(reports: Sequence[Report]) -> None:
        seen.append(reports[0].stage.in_("en"))

    (report,) = run.watch(told.as_server(), [HERE], timeout=PATIENCE, changed=changed)
    assert (report.verdict, codes(report)) == (
        "WARN",
        {"implausible", "one_gateway", "absent_yet"},
    )
    assert time.monotonic() - began < PATIENCE / 2
    assert (seen[0], seen[-1]) == ("waiting for a word of it", "1/1 uplinks")


@pytest.mark.parametrize("off", [-AGES, AGES])
def test_a_clock_that_is_an_hour_off_hears_all_the_same(told: Told, off: int) -> None:
    told.later(0.6, EUI, *spoken(time.time_ns() + off))
    (report,) = run.watch(told.as_server(), [HERE], timeout=PATIENCE)
    assert len(report.evidence.uplinks) == 1
    assert "skew" in codes(report)


def test_what_the_server_remembers_is_not_taken_for_news(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HISTORY", PATIENCE)  # it says so at once, and may be read late
    told.tell(EUI, *spoken(time.time_ns() - AGES))
    told.tell(GATEWAY, join_request(EUI, time.time_ns() - AGES))
    (report,) = run.watch(told.as_server(), [HERE], timeout=1.0)
    assert (report.verdict, report.evidence.uplinks, report.evidence.frames) == ("INCOMPLETE", (), ())
    (report,) = run.watch(told.as_server(), [HERE], timeout=PATIENCE, since=time.time_ns() - 2 * AGES)
    assert len(report.evidence.uplinks) == 1


def test_a_stream_that_breaks_is_opened_again_and_gives_nothing_twice(
    told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "SLICE", 0.3)
    told.refusals = {EUI: [AdminError("unreachable", "stream")] * 2}
    told.later(0.5, EUI, now_at(recorded("otaa_unordered_nonce")[0], time.time_ns() + AGES))
    heard: list[int] = []  # how often it was opened until the join was heard

    def often_enough(report: Report) -> bool:
        if report.evidence.joins and not heard:
            heard.append(told.opened.count(EUI))
        return bool(heard) and told.opened.count(EUI) > max(4, heard[0] + 2)

    (report,) = watch_until(told, [HERE], often_enough)
    assert told.opened.count(EUI) > 4
    assert len(report.evidence.joins) == 1


def test_a_wrong_key_ends_the_watch_of_one_device_and_not_of_the_other(told: Told) -> None:
    soon = time.time_ns() + SECOND
    told.later(0.4, OTHER, now_at(recorded("otaa_wrong_key")[0], soon))
    told.later(1.2, EUI, *spoken(soon + 2 * SECOND))
    one, other = run.watch(told.as_server(), [HERE, Target(dev_eui=OTHER)], timeout=PATIENCE)
    assert (one.verdict, other.verdict) == ("WARN", "FAIL")
    assert "wrong_key" in codes(other)
    assert "wrong_key" not in codes(one)


def test_a_device_that_nobody_knows_is_found_in_the_gateways_frames(told: Told) -> None:
    told.later(0.4, GATEWAY, join_request("02c17100000000ff", time.time_ns() + SECOND))
    told.later(0.6, GATEWAY, join_request("02c1710000000077", time.time_ns() + SECOND))
    (report,) = run.watch(told.as_server(), [Target(dev_eui="02c1710000000077")], timeout=PATIENCE)
    assert (report.verdict, "unknown_heard" in codes(report)) == ("FAIL", True)
    assert told.opened == [GATEWAY]


def test_a_personalised_device_with_other_keys(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.onboarding.check.joining.GRACE", SECOND // 5)
    told.profile_of = {"profile": a_profile(otaa=False)}
    told.activation_of = {EUI: Activation(dev_addr="010B5861", f_cnt_up=0)}
    told.later(0.4, GATEWAY, data_frame("010b5861", time.time_ns() + SECOND // 10))
    (report,) = run.watch(told.as_server(), [HERE], timeout=PATIENCE)
    assert (report.verdict, "data_dropped_abp" in codes(report)) == ("FAIL", True)


def test_ctrl_c_ends_it_and_the_next_time_goes_on(told: Told) -> None:
    first, second = spoken(time.time_ns() + SECOND), recorded("three_gateways")
    told.later(0.4, EUI, *first)
    (report,) = watch_until(told, [HERE], lambda report: report.evidence.uplinks, uplinks=2)
    assert (report.verdict, len(report.evidence.uplinks)) == ("INCOMPLETE", 1)
    kept = memory.kept(report.evidence)
    told.later(0.5, EUI, now_at(second[0], time.time_ns() + 3 * SECOND))
    (report,) = run.watch(told.as_server(), [HERE], uplinks=2, timeout=PATIENCE, before={EUI: kept})
    assert (len(report.evidence.uplinks), report.settled) == (2, True)


def test_what_may_not_be_read_is_said(told: Told) -> None:
    told.refusals = {
        EUI: [AdminError("not_allowed", "stream")],
        GATEWAY: [AdminError("not_allowed", "stream")],
        "keys": [AdminError("not_allowed", "GetKeys")],
        "profile": [AdminError("not_allowed", "Get")],
    }
    (report,) = watch_until(told, [HERE], lambda report: {"events_refused", "deaf"} <= codes(report))
    assert (report.verdict, {"events_refused", "deaf"} <= codes(report)) == ("FAIL", True)


def test_a_server_that_cannot_be_asked_is_an_error(told: Told) -> None:
    told.refusals = {"gateways": [AdminError("token", "List")]}
    with pytest.raises(AdminError, match="List"):
        run.watch(told.as_server(), [HERE])


@pytest.mark.parametrize(("interval", "uplinks", "seconds"), [(10, 1, 120), (600, 1, 900), (600, 3, 2700)])
def test_patience_is_the_profiles(told: Told, interval: int, uplinks: int, seconds: float) -> None:
    evidence = ask(told.as_server(), HERE)
    profile = a_profile(uplink_interval=interval)
    assert run.patience(msgspec.structs.replace(evidence, profile=profile), uplinks) == seconds


def test_threads_end_with_the_watch(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "SLICE", 0.3)
    run.watch(told.as_server(), [HERE], timeout=0.2)
    deadline = time.monotonic() + PATIENCE
    while any(one.name == "citylora-check" for one in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_gateway_that_hears_passes(told: Told) -> None:
    told.later(0.4, GATEWAY, join_request(EUI, time.time_ns() + SECOND))
    (report,) = gateways.listen(told.as_server(), [GATEWAY], seconds=PATIENCE)
    assert (report.verdict, report.evidence.joins, report.evidence.factors) == ("PASS", 1, {9: 1})


def test_a_gateway_that_does_not_is_told_why(told: Told) -> None:
    known = {
        "0000000000000001": a_gateway(id="0000000000000001", state="never"),
        "0000000000000002": a_gateway(id="0000000000000002", state="offline", last_seen=time.time_ns() - AGES),
        "0000000000000003": a_gateway(id="0000000000000003", latitude=None),
        "0000000000000004": a_gateway(id="0000000000000004", latitude=10.78, longitude=106.7),
    }
    told.gateway_of = known
    told.tell("0000000000000004", join_request(EUI, time.time_ns() + AGES, region="AS923"))
    stop = threading.Event()

    def changed(reports: Sequence[gateways.GatewayReport]) -> None:
        if reports[3].evidence.ear.frames:
            stop.set()

    asked = [*known, "0000000000000005"]
    reports = gateways.listen(told.as_server(), asked, seconds=PATIENCE, stop=stop, changed=changed)
    assert [(one.verdict, codes_of(one)) for one in reports] == [
        ("FAIL", {"gateway_never"}),
        ("FAIL", {"gateway_offline"}),
        ("WARN", {"gateway_hears_nothing", "gateway_no_position"}),
        ("WARN", {"gateway_outside_city", "gateway_region"}),
        ("FAIL", {"gateway_unknown"}),
    ]
    assert "60" in reports[1].remarks[0].said.in_("en")
    assert all(one.as_json(language)["findings"] for one in reports for language in LANGUAGES)


def codes_of(report: gateways.GatewayReport) -> set[str]:
    return {one.code for one in report.remarks}
