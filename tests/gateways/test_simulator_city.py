"""A city is the same in every run, its devices behave, and its events are such as a ChirpStack server publishes."""

from __future__ import annotations

import base64
import itertools
import json
import re
from collections import Counter, defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from chirpstack_api import integration
from google.protobuf import json_format

from gateways.simulator import City
from gateways.simulator.sensors import MODELS
from gateways.simulator.wards import WARDS

START = 1_795_307_000_123_456_789
SECOND = 1_000_000_000
RECORDED = Path(__file__).parents[1] / "wire" / "chirpstack" / "events.json.jsonl"
# fmt: off
GATEWAY_KEYS = [
    "gatewayId", "uplinkId", "gwTime", "nsTime", "timeSinceGpsEpoch", "fineTimeSinceGpsEpoch", "rssi", "snr", "channel",
    "location", "context", "metadata", "crcStatus",
]
# fmt: on


def _events(devices: int = 60, count: int = 600, seed: int = 0, rate: float = 100) -> list[tuple[int, str, bytes]]:
    return list(itertools.islice(City(devices, seed).stream(START, rate), count))


def _ups(**options: Any) -> list[dict[str, Any]]:
    return [json.loads(payload) for _, _, payload in _events(**options)]


def _strictly(payload: bytes, message: Any) -> Any:
    return json_format.Parse(payload, message, ignore_unknown_fields=False)  # type: ignore[no-untyped-call]


def test_every_event_parses_strictly_as_chirpstack_s_own_message() -> None:
    for _, topic, payload in _events():
        message = _strictly(payload, integration.UplinkEvent())
        assert topic == (
            f"application/{message.device_info.application_id}/device/{message.device_info.dev_eui}/event/up"
        )
        assert 1 <= len(message.rx_info) <= 3
        assert message.tx_info.frequency in {921_400_000, 921_600_000}


def test_join_and_status_parse_strictly_too() -> None:
    city = City(3, seed=5)
    kinds = {"join": (city.join, integration.JoinEvent), "status": (city.status, integration.StatusEvent)}
    for kind, (make, message) in kinds.items():
        topic, payload = make(1, START)
        parsed = _strictly(payload, message())
        assert topic.endswith(f"/{parsed.device_info.dev_eui}/event/{kind}")
        assert len(parsed.deduplication_id) == 36
    assert 80 < parsed.battery_level < 100
    assert not parsed.external_power_source


def test_a_join_changes_the_address_and_starts_the_counter_again() -> None:
    city = City(1)
    before = json.loads(city.uplink(0, START)[1])
    city.uplink(0, START + SECOND)
    joined = json.loads(city.join(0, START + 2 * SECOND)[1])
    after = json.loads(city.uplink(0, START + 3 * SECOND)[1])
    assert before["devAddr"] != joined["devAddr"] == after["devAddr"]
    assert after["fCnt"] == 0


def _shape(event: dict[str, Any]) -> tuple[Any, ...]:
    """The order of the keys: of the event, its device, its modulation, and whether each reception has the server's."""
    receptions = {tuple(key for key in reception if key in GATEWAY_KEYS) for reception in event["rxInfo"]}
    assert all(set(reception) <= set(GATEWAY_KEYS) | {"board", "antenna"} for reception in event["rxInfo"])
    in_order = all(list(keys) == sorted(keys, key=GATEWAY_KEYS.index) for keys in receptions)
    return tuple(event), tuple(event["deviceInfo"]), str(event["txInfo"]["modulation"]["lora"].keys()), in_order


def test_keys_stand_in_the_order_of_recorded_events() -> None:
    lines = [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]
    events = [json.loads(line["payload"]) for line in lines if line["topic"].endswith("/up")]
    recorded = {_shape(event) for event in events if "lora" in event["txInfo"]["modulation"]}
    simulated = {_shape(event) for event in _ups()}
    assert len(simulated) == 2  # with and without the codec's object
    assert simulated <= recorded


def test_gateway_fields_at_zero_are_absent() -> None:
    receptions = [reception for up in _ups(count=2000) for reception in up["rxInfo"]]
    assert all(
        reception.get("snr", 1) and reception["rssi"] and reception.get("channel", 1) for reception in receptions
    )
    assert any("snr" not in reception for reception in receptions)
    assert any("channel" not in reception for reception in receptions)


def test_the_text_has_no_space_and_no_escape_that_the_server_would_not_write() -> None:
    for _, _, payload in _events(count=50):
        text = payload.decode()
        assert json.dumps(json.loads(text), ensure_ascii=False, separators=(",", ":")) == text


def test_same_seed_same_city_other_seed_other_city() -> None:
    assert _events(seed=7) == _events(seed=7)
    ours, theirs = _events(seed=7), _events(seed=8)
    assert not {payload for _, _, payload in ours} & {payload for _, _, payload in theirs}
    assert not {topic for _, topic, _ in ours} & {topic for _, topic, _ in theirs}


def test_a_single_uplink_is_that_of_the_stream() -> None:
    at, topic, payload = next(City(20, seed=3).stream(START, 1))
    city = City(20, seed=3)
    index = next(i for i, device in enumerate(city.devices) if f"/{device.dev_eui}/" in topic)
    assert city.uplink(index, at) == (topic, payload)


def test_frame_counters_are_consecutive_and_every_device_speaks_in_every_round() -> None:
    counters = defaultdict(list)
    for up in _ups(devices=30, count=300):
        counters[up["deviceInfo"]["devEui"]].append(up["fCnt"])
    assert len(counters) == 30
    assert all(counter == list(range(10)) for counter in counters.values())


@pytest.mark.parametrize("rate", [0.5, 3, 1000])
def test_rate(rate: float) -> None:
    times = [at for at, _, _ in _events(count=31, rate=rate)]
    assert times[0] == START
    assert times[-1] - START == round(30 * SECOND / rate)
    assert times == sorted(set(times))


def test_identities_are_unique_version_4_uuids() -> None:
    identities = [up["deduplicationId"] for up in _ups(count=2000)]
    assert len(set(identities)) == 2000
    uuid4 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    assert all(uuid4.fullmatch(identity) for identity in identities)


def test_sizes_are_those_of_real_events() -> None:
    sizes = [len(payload) for _, _, payload in _events(devices=600, count=3000)]
    assert min(sizes) > 1_150
    assert 2_800 < max(sizes) < 3_300
    assert 1_600 < sum(sizes) / len(sizes) < 2_000


def _nanoseconds(text: str) -> int:
    second, _, fraction = text.removesuffix("+00:00").partition(".")
    assert len(fraction) in {0, 3, 6, 9}
    assert not fraction.endswith("000")
    return int(datetime.fromisoformat(second + "+00:00").timestamp()) * SECOND + int(fraction.ljust(9, "0"))


@pytest.mark.parametrize("start", [START, 1_795_307_000 * SECOND])
def test_times_are_those_of_the_reception(start: int) -> None:
    for at, _, payload in itertools.islice(City(200).stream(start, 1000), 1000):
        up = json.loads(payload)
        clocks = [reception["gwTime"] for reception in up["rxInfo"] if "gwTime" in reception]
        gps = [reception["timeSinceGpsEpoch"] for reception in up["rxInfo"] if "timeSinceGpsEpoch" in reception]
        assert all(_nanoseconds(clock) == at - at % 1000 for clock in clocks)
        assert all(0 < _nanoseconds(reception["nsTime"]) - at < 2_000_000 for reception in up["rxInfo"])
        for since in gps:
            second, fraction = since.removesuffix("s").split(".")
            assert (int(second) + 315_964_800 - 18) * SECOND + int(fraction) == at
        late = _nanoseconds(up["time"]) - at
        assert late == 0 if gps else late == -(at % 1000) if clocks else 200_000_000 < late < 210_000_000


def test_gateways_are_of_every_kind() -> None:
    kinds = Counter(
        ("gwTime" in reception, "timeSinceGpsEpoch" in reception)
        for up in _ups(devices=200, count=400)
        for reception in up["rxInfo"]
    )
    assert set(kinds) == {(False, False), (True, False), (True, True)}


def test_events_are_heard_by_one_two_or_three_gateways_in_any_order() -> None:
    orders: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for up in _ups(devices=60, count=1200):
        orders[up["deviceInfo"]["devEui"]].add(tuple(reception["gatewayId"] for reception in up["rxInfo"]))
    heard = {order for device in orders.values() for order in device}
    assert {len(order) for order in heard} == {1, 2, 3}
    assert all(len(set(order)) == len(order) for order in heard)
    assert any(order[::-1] in device for device in orders.values() for order in device if len(order) == 3)


def test_devices_stand_in_real_wards_and_their_tags_say_so() -> None:
    city = City(400, seed=1)
    wards = {ward.name: ward for ward in WARDS}
    for index, device in enumerate(city.devices):
        west, south, east, north = wards[device.ward].box
        assert south <= device.latitude <= north
        assert west <= device.longitude <= east
        assert re.fullmatch(r"[a-z0-9-]+", device.site)
        info = json.loads(city.uplink(index, START)[1])["deviceInfo"]
        assert info["tags"] == {"site": device.site, "ward": device.ward, "model": device.model}
        assert (info["devEui"], info["deviceName"]) == (device.dev_eui, device.name)
    assert {device.ward for device in city.devices} == set(wards)
    assert len({device.site for device in city.devices}) == len({device.dev_eui for device in city.devices}) == 400


def test_a_small_city_has_every_model_and_a_codec_somewhere() -> None:
    ups = _ups(devices=24, count=24)
    assert Counter(up["deviceInfo"]["tags"]["model"] for up in ups) == {model.model: 4 for model in MODELS}
    ports = {(up["deviceInfo"]["tags"]["model"], up["fPort"]) for up in ups}
    assert ports == {(model.model, model.f_port) for model in MODELS}
    spoken = [up["object"] for up in ups if "object" in up]
    assert 0 < len(spoken) < 24
    assert all(isinstance(value, float) for values in spoken for value in values.values())


def test_the_server_s_object_says_what_the_bytes_say() -> None:
    drains = [up for up in _ups() if up["deviceInfo"]["tags"]["model"] == "milesight/em500-udl" and "object" in up]
    assert drains
    for up in drains:
        payload = base64.b64decode(up["data"])
        assert up["object"] == {"battery": payload[2], "distance": int.from_bytes(payload[5:7], "little")}


def test_a_city_needs_a_device() -> None:
    with pytest.raises(ValueError, match="at least one"):
        City(0)
    assert len(City(1).devices) == 1
