"""A day and more of a simulated city, brought through the real pipeline into a real InfluxDB, for the boards to ask.

All of it by a set of `citylora init`, with TLS, users and rights on. What is over comes as a recording (`citylora
ingest`), which closes hours and days; then a worker takes one more round from the broker and watches for alerts.
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
from ingest.status import read_state
from tests.e2e.harness import CITYLORA, until
from tests.e2e.traffic import SECOND
from tests.fakes.uplinks import messages, uplink
from tests.servers import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from gateways.simulator.publish import Event
    from tests.deploy.site import Site
    from tests.deploy.stack import Stack

DEVICES = 60
HOURS = 43
EVERY = 900
"""Seconds between two uplinks of a device."""

LIVE = 1000
"""Seconds before now from which on events come by a broker: each device speaks once."""

RIVER = 2.5
"""Metres that a canal's sensor is said to hang higher than it does, so that there is a flood."""

_KINDS = {"canal": "river", "underpass": "underpass"}
"""What a site is called, by the kind of its sensor; others stand at a street."""

RULES = """
[[rule]]
id = "warm"
title = { vi = "Trời ấm", en = "It is warm" }
severity = "danger"
quantity = "air_temperature"
above = 0.0
"""


AWAY = "02c172ffffff0001"
"""A gateway that went an hour ago."""

PROBE = "probe"
"""The site of a device whose values are chosen here: of what no simulated device measures."""

PROBED = {
    "car_count": 11.0, "truck_count": 2.0, "bus_count": 1.0, "motorcycle_count": 40.0, "bicycle_count": 3.0,
    "vehicle_count": 57.0, "vehicle_flow": 228.0, "vehicle_speed": 31.0, "road_occupancy": 12.0, "queue_length": 25.0,
    "no2": 40.0, "o3": 60.0, "so2": 20.0, "co": 900.0, "salinity": 0.1, "chloride": 120.0,
}  # fmt: skip
"""What it says each time, by quantity."""


def codec(quantities: Iterable[str]) -> str:
    """Tables of the configuration by which a device of model `city/probe` gives these."""
    keys = "\n".join(f'{name} = "{name}"' for name in quantities)
    return f'\n[[decoders.object]]\nmodel = "city/probe"\nmodels = ["city/probe"]\n[decoders.object.keys]\n{keys}\n'


class Scene(NamedTuple):
    """What happens in the city beside its ordinary life.

    Attributes:
        watched: keys of `[alerts]`: packs, or the file of rules.
        tables: further ones of the configuration.
        river: metres that a canal's sensor is said to hang higher than it does.
        kinds: what sites are called, by the kind of their sensor, where it is not a street.
        further: events of further devices, from a time until another.
        places: further sites, as GeoJSON.
        heard: what becomes of an event; None: it never came.
    """

    watched: str
    tables: str
    river: float
    kinds: Mapping[str, str]
    further: Callable[[int, int], Iterable[Event]]
    places: tuple[dict[str, object], ...] = ()
    heard: Callable[[Event], Event | None] = lambda event: event


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


def simulated() -> City:
    """Sixty devices of every kind."""
    return City(DEVICES, seed=7, models=WIDE)


def gateways(city: City) -> list[str]:
    """Options of `citylora init` for the gateways of a city."""
    return [option for one in city.gateways for option in ("--gateway", one.gateway_id)]


def fill(servers: Stack, city: City, scene: Scene | None = None) -> Filled:
    """Do it."""
    scene = scene or USUAL
    folder = servers.site.directory
    _configure(servers.site, scene)
    now = time.time_ns()
    since = now - HOURS * 3600 * SECOND
    life = Life(city, stats_every=EVERY / 3, radio_loss=0.03, bursts=0.03)
    heard = (found for event in life.stream(since, DEVICES / EVERY) if (found := scene.heard(event)))
    past, live = _parted(heard, now - LIVE * SECOND, now)
    events = sorted([*past, *scene.further(since, now)], key=lambda event: event[0])
    (folder / "events.jsonl").write_text("".join(map(_line, events)), "utf-8")
    (folder / "sites.geojson").write_text(json.dumps(_places(city, scene)), "utf-8")
    _run(servers.site, "site", "import", str(folder / "sites.geojson"))
    _run(servers.site, "ingest", str(folder / "events.jsonl"))
    database = Database(servers.influxdb, "citylora")
    _live(servers, database, live, len(events))
    said = tuple(_said(past, {one.dev_eui: one.site for one in city.devices}))
    lost = len(life.lost) + len(range(20, (now - since) // (EVERY * SECOND), 20))
    return Filled(database, since, time.time_ns(), city, said, lost)


def _configure(site: Site, scene: Scene) -> None:
    """Rules and tables of the scene in place of the packs that a new set has."""
    text = site.config.read_text("utf-8")
    packs = 'packs = ["citylora", "sensors"]'
    assert packs in text
    site.config.write_text(text.replace(packs, scene.watched) + scene.tables, "utf-8")
    (site.directory / "alerts.toml").write_text(RULES, "utf-8")


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
    return [*messages(found), gone_offline(AWAY, until_ - 3600 * SECOND)]


def gone_offline(gateway: str, at: int) -> Event:
    """What the broker says for a gateway that is not there any more: its last will."""
    return at, f"as923_2/gateway/{gateway}/state/conn", json.dumps({"gatewayId": gateway}).encode(), True


USUAL = Scene('file = "alerts.toml"', codec(PROBED), RIVER, _KINDS, _probed)


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


def _places(city: City, scene: Scene) -> dict[str, object]:
    ordinary = [_feature(city, index, scene) for index in range(DEVICES)]
    return {"type": "FeatureCollection", "features": [*ordinary, *scene.places]}


def _feature(city: City, index: int, scene: Scene) -> dict[str, object]:
    one, sensor = city.devices[index], city.members[index].sensor
    properties: dict[str, object] = {"kind": scene.kinds.get(sensor.kind, "street")}
    if sensor.kind == "canal":
        height = getattr(sensor, "mounted") + scene.river  # noqa: B009
        reference = {"from": None, "height": round(height, 2), "datum": "station"}
        properties |= {"station": "Cẩm Lệ", "references": [reference]}
    if sensor.kind in {"parking", "bay"}:
        properties["capacity"] = 1
    position = {"type": "Point", "coordinates": [one.longitude, one.latitude]}
    return {"type": "Feature", "id": one.site, "geometry": position, "properties": properties}


def _run(site: Site, *arguments: str) -> None:
    command = [str(CITYLORA), *arguments, "-c", str(site.config)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def _live(servers: Stack, database: Database, events: list[Event], before: int) -> None:
    """A round by the broker, each event by the user whose it is, until alerts are in the database."""
    by_user: dict[str, list[Event]] = {}
    for event in events:
        parts = event[1].split("/")
        by_user.setdefault(parts[2] if parts[1] == "gateway" else "chirpstack", []).append(event)
    with servers.worker() as worker:
        worker.until_subscribed()
        for user, own in by_user.items():
            servers.publish(user, own)
        _settle(servers.site.state / "citylora", before + len(events))
        until(lambda: database.count("alert", "firing"), "an alert is in the database", 60.0)
        worker.finish()


def _settle(data: Path, events: int) -> None:
    """Wait until so many events are in and every consumer has them."""

    def settled() -> bool:
        counters = read_state(data, ("influxdb", "rollup", "alerts")).identity
        return counters.received - counters.duplicate >= events and counters.pending == 0

    until(settled, f"{events} events are stored")


def _said(events: list[Event], sites: dict[str, str]) -> Iterator[Said]:
    for at, topic, payload, *_ in events:
        if topic.endswith("/up") and (values := json.loads(payload).get("object")):
            yield Said(sites[topic.split("/")[3]], at, values)
