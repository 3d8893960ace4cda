"""Every kind of event of a simulated city, in both encodings, and the truth about the frames that it loses."""

from __future__ import annotations

import itertools
import json
import math
from collections import Counter, defaultdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from chirpstack_api import gw, integration
from google.protobuf import json_format

from gateways.simulator import KINDS, City, Life, Lost, Publication
from gateways.simulator.life import BURST, RADIO

START = 1_795_307_000_123_456_789
RECORDED = Path(__file__).parents[1] / "wire" / "chirpstack"
MESSAGES: dict[str, Any] = {
    "up": integration.UplinkEvent,
    "join": integration.JoinEvent,
    "ack": integration.AckEvent,
    "txack": integration.TxAckEvent,
    "log": integration.LogEvent,
    "status": integration.StatusEvent,
    "location": integration.LocationEvent,
    "stats": gw.GatewayStats,
    "conn": gw.ConnState,
}
LOGS = {
    "UPLINK_MIC",
    "OTAA",
    "UPLINK_CODEC",
    "UPLINK_F_CNT_RETRANSMISSION",
    "EXPIRED",
    "DOWNLINK_PAYLOAD_SIZE",
    "DOWNLINK_GATEWAY",
}


@lru_cache(maxsize=4)
def published(
    count: int = 4000, *, devices: int = 60, seed: int = 0, protobuf: bool = False, rate: float = 100, **options: Any
) -> list[Publication]:
    life = Life(City(devices, seed, protobuf=protobuf), **options)
    return list(itertools.islice(life.stream(START, rate), count))


@lru_cache(maxsize=20_000)
def strictly(one: Publication) -> Any:
    """As ChirpStack's own message; what this does not know is an error."""
    message = MESSAGES[one.kind]()
    json_format.Parse(one.payload, message, ignore_unknown_fields=False)  # type: ignore[no-untyped-call]
    return message


def read(one: Publication) -> Any:
    """The message in Protobuf; the bytes hold nothing that it does not know."""
    message = MESSAGES[one.kind].FromString(one.payload)
    assert not any(_unknown(message))
    return message


def _unknown(message: Any) -> Any:
    """Each message inside that lost something when it was written again from its known fields alone."""
    known = type(message)()
    known.CopyFrom(message)
    known.DiscardUnknownFields()
    yield known != message or known.ByteSize() != message.ByteSize()


def test_both_encodings_say_the_same_of_every_kind() -> None:
    text, wire = published(), published(protobuf=True)
    assert {one.kind for one in text} == set(KINDS)
    assert [(one.at, one.topic, one.retain) for one in text] == [(one.at, one.topic, one.retain) for one in wire]
    for ours, theirs in zip(text, wire, strict=True):
        said = read(theirs)
        for reception in said.rx_info if ours.kind == "up" else ():
            if math.isnan(reception.snr):  # null in JSON, which Protobuf's own JSON takes for 0
                assert b'"snr":null' in ours.payload
                reception.snr = 0
        assert strictly(ours) == said


def keys(value: Any) -> Any:
    """The order of the keys, all the way down; of what has no order, nothing."""
    if isinstance(value, dict):
        return [(key, keys(inner)) for key, inner in value.items() if key not in ("tags", "context", "rxInfo")]
    return [keys(inner) for inner in value] if isinstance(value, list) else type(value).__name__


@pytest.mark.parametrize("kind", ["join", "ack", "txack", "log", "status"])
def test_keys_stand_in_the_order_of_recorded_events(kind: str) -> None:
    lines = [json.loads(line) for line in (RECORDED / "events.json.jsonl").read_text("utf-8").splitlines()]
    recorded = [keys(json.loads(line["payload"])) for line in lines if line["topic"].endswith("/" + kind)]
    simulated = [keys(json.loads(one.payload)) for one in published() if one.kind == kind]
    assert simulated
    assert all(shape in recorded for shape in simulated)


def test_logs_are_those_of_recorded_events() -> None:
    lines = [json.loads(line) for line in (RECORDED / "events.json.jsonl").read_text("utf-8").splitlines()]
    recorded = {_log(json.loads(line["payload"])) for line in lines if line["topic"].endswith("/log")}
    simulated = {_log(json.loads(one.payload)) for one in published(bursts=0.02) if one.kind == "log"}
    assert {code for code, *_ in simulated} == LOGS | {"UPLINK_F_CNT_RESET"}
    assert simulated <= recorded


def _log(event: dict[str, Any]) -> tuple[Any, ...]:
    return event["code"], event["level"], event["description"], tuple(sorted(event["context"]))


@pytest.mark.parametrize("protobuf", [False, True])
def test_the_same_seed_says_the_same_bytes(protobuf: bool) -> None:  # noqa: FBT001
    options: dict[str, Any] = {"protobuf": protobuf, "radio_loss": 0.05, "bursts": 0.01, "count": 1500}
    assert published(seed=7, **options) == published(seed=7, **options)
    theirs = {one.payload for one in published(seed=8, **options)}
    assert not {one.payload for one in published(seed=7, **options)} & theirs


def test_some_nine_of_ten_are_uplinks_and_every_kind_is_there() -> None:
    counts = Counter(one.kind for one in published(12_000, devices=600))
    assert 0.89 < counts["up"] / 12_000 < 0.93
    assert set(counts) == set(KINDS)
    assert all(counts[kind] >= 50 for kind in ("status", "log", "txack", "ack", "join", "location"))


def test_times_go_on_at_the_rate() -> None:
    at = [one.at for one in published(6000, rate=100, radio_loss=0.1, bursts=0.02)]
    assert at == sorted(at)
    assert at[0] == START
    assert at[-1] - START == pytest.approx(60e9, rel=0.01)


def test_a_join_begins_a_new_session_at_counter_0() -> None:
    address: dict[str, str] = {}
    due: dict[str, int] = {}
    joins = 0
    for one in published():
        if one.kind not in ("up", "join"):
            continue
        said = strictly(one)
        device = said.device_info.dev_eui
        if one.kind == "join":
            joins += 1
            assert said.dev_addr != address.get(device)
            due[device] = 0
        else:
            assert said.f_cnt == due.get(device, 0)
            assert address.get(device) in (said.dev_addr, None) or said.f_cnt == 0
            due[device] = said.f_cnt + 1
        address[device] = said.dev_addr
    assert joins > 10


def test_a_status_is_of_the_same_frame_as_an_uplink_and_comes_before_or_after_it() -> None:
    said = [strictly(one) for one in published() if one.kind in ("up", "status", "location", "ack")]
    places: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for place, event in enumerate(said):
        places[event.deduplication_id][type(event).__name__] = place
    statuses = [pair for pair in places.values() if "StatusEvent" in pair]
    assert all(abs(pair["UplinkEvent"] - pair["StatusEvent"]) == 1 for pair in statuses)
    assert {pair["UplinkEvent"] < pair["StatusEvent"] for pair in statuses} == {True, False}
    levels = [event for event in said if isinstance(event, integration.StatusEvent)]
    assert any(event.external_power_source and not event.battery_level for event in levels)
    assert any(event.battery_level_unavailable and not event.battery_level for event in levels)
    assert any(event.battery_level > 50 for event in levels)


def test_a_confirmed_downlink_is_sent_and_then_acknowledged() -> None:
    sent: dict[str, Any] = {}
    acknowledged = Counter[bool]()
    for one in published(8000):
        said = strictly(one)
        if one.kind == "txack":
            sent[said.queue_item_id] = said
        if one.kind == "ack":
            assert sent[said.queue_item_id].f_cnt_down == said.f_cnt_down
            acknowledged[said.acknowledged] += 1
    assert len(sent) > acknowledged.total()
    assert set(acknowledged) == {True, False}


def test_uplinks_are_of_every_sort() -> None:
    ups = [strictly(one) for one in published(8000) if one.kind == "up"]
    shares = {
        "confirmed": sum(up.confirmed for up in ups),
        "port 0": sum(not up.f_port and not up.data for up in ups),
        "empty": sum(bool(up.f_port) and not up.data for up in ups),
        "fsk": sum(up.tx_info.modulation.HasField("fsk") and not any(one.snr for one in up.rx_info) for up in ups),
        "no crc": sum(up.rx_info[0].crc_status == gw.CRCStatus.NO_CRC for up in ups),
        "bad crc": sum(up.rx_info[0].crc_status == gw.CRCStatus.BAD_CRC for up in ups),
        "twice": sum(len({one.gateway_id for one in up.rx_info}) < len(up.rx_info) for up in ups),
        "several": sum(len({one.gateway_id for one in up.rx_info}) > 1 for up in ups),
    }
    assert all(shares.values()), shares
    assert 0.03 < shares["confirmed"] / len(ups) < 0.07
    assert shares["fsk"] < 0.01 * len(ups)


def test_gateways_are_online_from_the_start_and_say_so_in_retained_messages() -> None:
    city = City(300)
    first = list(itertools.islice(Life(city).stream(START, 100), len(city.gateways) + 5))
    states = first[: len(city.gateways)]
    assert {one.topic for one in states} == {
        f"as923_2/gateway/{gateway.gateway_id}/state/conn" for gateway in city.gateways
    }
    assert all(one.retain and strictly(one).state == gw.ConnState.ONLINE for one in states)
    assert not any(one.retain for one in first[len(city.gateways) :])


def test_gateways_count_each_frame_that_they_hear() -> None:
    """Every uplink stands in the stats, and so do the frames that the server dropped, and join requests."""
    heard, counted = Counter[str](), Counter[str]()
    dropped = Counter[str]()
    for one in published(bursts=0.02, radio_loss=0.05, stats_every=1.0):
        said = strictly(one)
        if one.kind == "up":
            good = (reception for reception in said.rx_info if reception.crc_status == gw.CRCStatus.CRC_OK)
            heard.update(reception.gateway_id for reception in good)
        elif one.kind == "join":
            dropped["join"] += 1
        elif one.kind == "log":
            dropped[json.loads(one.payload)["code"]] += 1
        elif one.kind == "stats":
            _adds_up(said)
            counted[said.gateway_id] += said.rx_packets_received_ok
    assert set(counted) == set(heard)
    # Between the last reports and the end, some are heard that are not counted yet.
    unseen = dropped["join"] + 2 * dropped["UPLINK_F_CNT_RESET"] + dropped.total()
    assert 0.95 * heard.total() < counted.total() < heard.total() + 3 * unseen


def _adds_up(stats: Any) -> None:
    assert stats.rx_packets_received_ok <= stats.rx_packets_received
    assert sum(stats.rx_packets_per_frequency.values()) == stats.rx_packets_received_ok
    assert sum(one.count for one in stats.rx_packets_per_modulation) == stats.rx_packets_received_ok
    assert sum(stats.tx_packets_per_status.values()) == stats.tx_packets_received
    assert stats.tx_packets_per_status["OK"] == stats.tx_packets_emitted


def test_what_a_gateway_counts_is_exactly_what_it_heard() -> None:
    """A city of plain frames: nothing is heard that is not published, until the report."""
    heard, reports = Counter[str](), 0
    life = Life(City(30), kinds=("up", "stats"), stats_every=1.0)
    life._moments._weights = [int(name == "plain") for name in life._moments._names]
    for one in itertools.islice(life.stream(START, 1000), 4000):
        said = strictly(one)
        if one.kind == "up":
            good = (reception for reception in said.rx_info if reception.crc_status == gw.CRCStatus.CRC_OK)
            heard.update(reception.gateway_id for reception in good)
        else:
            assert said.rx_packets_received_ok == heard.pop(said.gateway_id, 0)
            reports += 1
    assert reports > 9


def test_reports_come_every_thirty_seconds_or_less_often_where_little_is_said() -> None:
    def times(rate: float) -> list[int]:
        reports = [one for one in published(8000, devices=30, rate=rate) if one.kind == "stats"]
        return [one.at for one in reports if one.topic == reports[0].topic]

    assert all(abs(after - before - 30e9) < 2e9 for before, after in itertools.pairwise(times(50)))
    slow = [one.kind for one in published(2000, devices=300, rate=0.2)]
    assert 0.05 < slow.count("stats") / 2000 < 0.12


def gaps(messages: list[Publication]) -> set[tuple[str, str, int]]:
    """What a consumer sees: counters that are missing between two uplinks of a session."""
    last: dict[tuple[str, str], int] = {}
    missing = set()
    for one in messages:
        if one.kind != "up":
            continue
        said = strictly(one)
        session = (said.device_info.dev_eui, said.dev_addr)
        missing |= {(*session, f_cnt) for f_cnt in range(last.get(session, said.f_cnt) + 1, said.f_cnt)}
        last[session] = said.f_cnt
    return missing


def test_the_frames_that_are_missing_are_those_that_were_lost() -> None:
    life = Life(City(60), radio_loss=0.05, bursts=0.01)
    messages = list(itertools.islice(life.stream(START, 100), 5000))
    assert {(one.dev_eui, one.dev_addr, one.f_cnt) for one in life.lost} == gaps(messages)
    causes = Counter(one.cause for one in life.lost)
    assert len(life.lost) == causes.total() == causes[RADIO] + causes[BURST]
    assert 0.03 < causes[RADIO] / 5000 < 0.07
    # Of the frames that the server dropped, it complains of some half.
    resets = [strictly(one) for one in messages if one.kind == "log" and b"UPLINK_F_CNT_RESET" in one.payload]
    complaints = {(one.device_info.dev_eui, int(one.context["f_cnt_up"])) for one in resets}
    of_bursts = {(one.dev_eui, one.f_cnt) for one in life.lost if one.cause == BURST}
    assert complaints <= of_bursts
    assert 0.35 < len(complaints) / len(of_bursts) < 0.65


def test_without_losses_nothing_is_missing() -> None:
    life = Life(City(60))
    assert gaps(list(itertools.islice(life.stream(START, 100), 3000))) == set()
    assert life.lost == []


def test_a_loss_says_of_which_device_and_why() -> None:
    life = Life(City(1), radio_loss=0.5)
    next(one for one in life.stream(START, 1) if life.lost)
    (first, *_) = life.lost
    assert first == Lost(City(1).devices[0].dev_eui, first.f_cnt, "radio", first.dev_addr, first.at)


def test_only_the_kinds_that_are_asked_for_are_published() -> None:
    chosen = published(2000, kinds=("status", "log"))
    assert {one.kind for one in chosen} == {"status", "log"}
    everything = [one for one in published() if one.kind in ("status", "log")]
    assert [one.payload for one in everything] == [one.payload for one in chosen[: len(everything)]]
    assert [one.kind for one in published(kinds=("conn",))] == ["conn"] * 6
    with pytest.raises(ValueError, match="no kind of event: downlink; there are up, join"):
        Life(City(1), kinds=("up", "downlink"))
    with pytest.raises(ValueError, match="below 1"):
        Life(City(1), radio_loss=1)


def test_a_prefix_stands_before_every_topic() -> None:
    plain = published(500)
    city = City(60, prefix="da-nang/")
    prefixed = list(itertools.islice(Life(city).stream(START, 100), 500))
    assert [one.topic for one in prefixed] == ["da-nang/" + one.topic for one in plain]


def test_the_uplinks_of_a_protobuf_city_are_those_of_the_json_city() -> None:
    wire = City(40, seed=3, protobuf=True).stream(START, 50)
    for (at, topic, payload), text in itertools.islice(
        zip(wire, City(40, seed=3).stream(START, 50), strict=False), 400
    ):
        assert (at, topic) == text[:2]
        assert read(Publication(at, topic, payload)) == strictly(Publication(*text))


def test_sizes_are_those_of_real_events() -> None:
    """Recorded: some 560 to 650 bytes of an uplink with one gateway and no object."""
    ups = [one for one in published(protobuf=True) if one.kind == "up"]
    single = [one for one in ups if len(read(one).rx_info) == 1 and not read(one).HasField("object")]
    single = [one for one in single if len(read(one).rx_info[0].metadata) == 2]
    assert 480 < sum(len(one.payload) for one in single) / len(single) < 720
