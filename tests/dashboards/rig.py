"""A day and more of a simulated city, brought through the real pipeline into a real InfluxDB, for the boards to ask.

What is over comes as a recording (`citylora ingest`), which closes hours and days; then a worker takes one more round
from a real broker and watches for alerts.
"""

from __future__ import annotations

import json
import subprocess
import time
from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple

from gateways.rfc3339 import render
from gateways.simulator import City, Life
from gateways.simulator.models import WIDE
from gateways.simulator.publish import publish
from tests.e2e.harness import CITYLORA, Site, until
from tests.e2e.traffic import HOST, SECOND
from tests.fakes.uplinks import messages, uplink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateways.simulator.publish import Event
    from tests.servers import Database, Mosquitto

DEVICES = 60
HOURS = 27
EVERY = 900
"""Seconds between two uplinks of a device."""

LIVE = 1000
"""Seconds before now from which on events come by a broker: each device speaks once."""

RIVER = 2.5
"""Metres that a canal's sensor is said to hang higher than it does, so that there is a flood."""

RULES = """
[[rule]]
id = "warm"
title = { vi = "Trời ấm", en = "It is warm" }
severity = "danger"
quantity = "air_temperature"
above = 0.0
"""


PROBE = "probe"
"""The site of a device whose values are chosen here: of what no simulated device measures."""

PROBED = {
    "car_count": 11.0, "truck_count": 2.0, "bus_count": 1.0, "motorcycle_count": 40.0, "bicycle_count": 3.0,
    "vehicle_count": 57.0, "vehicle_flow": 228.0, "vehicle_speed": 31.0, "road_occupancy": 12.0, "queue_length": 25.0,
    "no2": 40.0, "o3": 60.0, "so2": 20.0, "co": 900.0, "salinity": 0.1, "chloride": 120.0,
}  # fmt: skip
"""What it says each time, by quantity."""

_CODEC = f"""
[[decoders.object]]
model = "city/probe"
models = ["city/probe"]
[decoders.object.keys]
{chr(10).join(f'{name} = "{name}"' for name in PROBED)}
"""


class Said(NamedTuple):
    """What a device's codec says that it has measured."""

    site: str
    at: int
    values: dict[str, float]


class Filled(NamedTuple):
    """What the boards ask.

    Attributes:
        database: the rows; the roll-ups are in the one beside it.
        since, until: ns UTC.
        city: with what its sensors are.
        said: the simulator's truth, of the devices that have a codec.
        lost: frames that never came.
    """

    database: Database
    since: int
    until: int
    city: City
    said: tuple[Said, ...]
    lost: int

    @property
    def sites(self) -> set[str]:
        """All of them."""
        return {one.site for one in self.city.devices} | {PROBE}


def fill(folder: Path, database: Database, mosquitto: Mosquitto) -> Filled:
    """Do it."""
    (folder / "alerts.toml").write_text(RULES, "utf-8")
    extra = f'{_CODEC}[alerts]\nfile = "alerts.toml"\n'
    site = Site(folder, mosquitto.port, database, extra=extra)
    city = City(DEVICES, seed=7, models=WIDE)
    now = time.time_ns()
    since = now - HOURS * 3600 * SECOND
    life = Life(city, stats_every=EVERY / 3, radio_loss=0.03, bursts=0.03)
    past, live = _parted(life.stream(since, DEVICES / EVERY), now - LIVE * SECOND, now)
    events = sorted([*past, *_probed(since, now)], key=lambda event: event[0])
    (folder / "events.jsonl").write_text("".join(map(_line, events)), "utf-8")
    (folder / "sites.geojson").write_text(json.dumps(_places(city)), "utf-8")
    _run(site, "site", "import", str(folder / "sites.geojson"))
    _run(site, "ingest", str(folder / "events.jsonl"))
    _live(site, database, live, len(events))
    said = tuple(_said(past, {one.dev_eui: one.site for one in city.devices}))
    lost = len(life.lost) + len(range(20, (now - since) // (EVERY * SECOND), 20))
    return Filled(database, since, time.time_ns(), city, said, lost)


def _probed(since: int, until_: int) -> list[Event]:
    """The probe's uplinks; it changes its spreading factor each time, and one in twenty is lost."""
    found = []
    for number, at in enumerate(range(since, until_, EVERY * SECOND)):
        modulation = {"lora": {"bandwidth": 125_000, "spreadingFactor": 7 + number % 6}}
        event = uplink(
            number, "00", at=at, dev_eui="02c1710000000077", model="city/probe", object=PROBED,
            tags={"site": PROBE, "ward": "Hải Châu"}, txInfo={"frequency": 921_400_000, "modulation": modulation},
        )  # fmt: skip
        found += [event] if number % 20 else []
    return list(messages(found))


def _parted(stream: Iterator[Event], live: int, now: int) -> tuple[list[Event], list[Event]]:
    """What was before `live`, and what was from then until now."""
    past: list[Event] = []
    newer: list[Event] = []
    for event in stream:
        if event[0] >= now:
            break
        (past if event[0] < live else newer).append(event)
    return past, newer


def _line(event: Event) -> str:
    at, topic, payload = event[:3]
    line = {"topic": topic, "payload_b64": b64encode(payload).decode(), "received_at": render(at)}
    return json.dumps(line) + "\n"


def _places(city: City) -> dict[str, object]:
    return {"type": "FeatureCollection", "features": [_feature(city, index) for index in range(DEVICES)]}


def _feature(city: City, index: int) -> dict[str, object]:
    one, sensor = city.devices[index], city.members[index].sensor
    properties: dict[str, object] = {"kind": {"canal": "river", "underpass": "underpass"}.get(sensor.kind, "street")}
    if sensor.kind == "canal":
        height = getattr(sensor, "mounted") + RIVER  # noqa: B009
        reference = {"from": None, "height": round(height, 2), "datum": "station"}
        properties |= {"station": "Cẩm Lệ", "references": [reference]}
    if sensor.kind in {"parking", "bay"}:
        properties["capacity"] = 1
    position = {"type": "Point", "coordinates": [one.longitude, one.latitude]}
    return {"type": "Feature", "id": one.site, "geometry": position, "properties": properties}


def _run(site: Site, *arguments: str) -> None:
    done = subprocess.run([CITYLORA, *arguments, "-c", site.config()], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _live(site: Site, database: Database, events: list[Event], before: int) -> None:
    """A round by the broker, until alerts are in the database."""
    with site.worker() as worker:
        worker.until_subscribed()
        assert publish(HOST, site.port, iter(events)) == len(events)
        site.settle(before + len(events))
        until(lambda: database.count("alert", "firing"), "an alert is in the database", 60.0)
        worker.finish()


def _said(events: list[Event], sites: dict[str, str]) -> Iterator[Said]:
    for at, topic, payload, *_ in events:
        if topic.endswith("/up") and (values := json.loads(payload).get("object")):
            yield Said(sites[topic.split("/")[3]], at, values)
