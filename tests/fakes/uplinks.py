"""Events for tests: recorded ones, and uplinks of the simulator with what a test wants changed in them."""

import base64
import json
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from gateways.rfc3339 import parse, render
from gateways.simulator import City
from gateways.uplink import Event

RECORDED = Path(__file__).parents[1] / "wire" / "chirpstack" / "events.json.jsonl"
START = 1_790_000_000_000_000_000
SECOND = 1_000_000_000
TOPIC = "application/365f3aca-8736-4759-aeeb-c5e6e4476208/device/{}/event/up"
EM500_CO2 = "01756403671901046873057d670406736827"
"""Battery 100, 28.1 °C, 57.5 %, 1127 ppm, 1008.8 hPa, on FPort 85."""


@lru_cache(maxsize=1)
def _lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in RECORDED.read_text(encoding="utf-8").splitlines()]


def recorded(scenario: str = "", topic_ends: str = "") -> list[Event]:
    """The recorded events of one scenario, or of all, in their order."""
    return [
        Event("main", line["topic"], line["payload"].encode(), parse(line["received_at"]))
        for line in _lines()
        if scenario in ("", line["scenario"]) and line["topic"].endswith(topic_ends)
    ]


def city(count: int, *, devices: int = 50, seed: int = 0, start: int = START, rate: float = 100.0) -> list[Event]:
    """That many uplinks of the simulated city, each of which decodes."""
    stream = islice(City(devices, seed).stream(start, rate), count)
    return [Event("main", topic, payload, at) for at, topic, payload in stream]


def uplink(
    f_cnt: int = 0,
    payload: str = EM500_CO2,
    *,
    at: int = START,
    dev_eui: str = "02c1710000000001",
    model: str | None = "milesight/em500-co2",
    f_port: int = 85,
    tags: dict[str, Any] | None = None,
    **changed: Any,
) -> Event:
    """One uplink as ChirpStack would publish it; `changed` replaces whole keys of it, in ChirpStack's spelling."""
    named = {} if model is None else {"model": model}
    event = {
        "deduplicationId": f"00000000-0000-4000-8000-{int(dev_eui, 16) & 0xFFFF:04x}{f_cnt & 0xFFFF_FFFF:08x}",
        "time": render(at),
        "deviceInfo": {"devEui": dev_eui, "tags": {"site": "cau-rong", "ward": "Hải Châu", **named, **(tags or {})}},
        "devAddr": "01000101",
        "fCnt": f_cnt,
        "fPort": f_port,
        "data": base64.b64encode(bytes.fromhex(payload)).decode(),
        "rxInfo": [{"gatewayId": "02c171ffff000001", "nsTime": render(at), "rssi": -60, "snr": 10.5}],
        "txInfo": {"frequency": 921400000, "modulation": {"lora": {"bandwidth": 125000, "spreadingFactor": 7}}},
        **changed,
    }
    return Event("main", TOPIC.format(dev_eui), json.dumps(event).encode(), at)


def raw(payload: bytes, *, topic: str = TOPIC.format("02c1710000000002"), at: int = START) -> Event:
    """Any bytes on any topic."""
    return Event("main", topic, payload, at)


def messages(events: Iterable[Event]) -> list[tuple[int, str, bytes]]:
    """The same as `gateways.simulator.publish` takes them."""
    return [(event.arrived_at, event.topic, event.payload) for event in events]
