"""Thirty days of a small city, hard on whatever looks back: late, lost, stuck, spiked, swapped, recalibrated."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from gateways.rfc3339 import render
from ingest.derive.facts import Facts
from ingest.derive.rules import RULES
from ingest.devices import EVER, FOREVER, Directory, Stay
from ingest.registry.site import Calibration, Reference, Site
from tests.fakes.uplinks import SECOND, START, uplink

if TYPE_CHECKING:
    from gateways.uplink import Event

INTERVAL = 1800 * SECOND
DAY = 86_400 * SECOND
AIR, WATER, METER, RAIN = "milesight/em500-co2", "milesight/em500-udl", "milesight/em300-di", "milesight/wts506"
BEGIN = START // DAY * DAY
SWAP = BEGIN + 15 * DAY
"""When the device at `air-1` is replaced by another one."""
CALIBRATED = BEGIN + 10 * DAY
RAISED = BEGIN + 12 * DAY
"""When the reference point of `bridge-1` is set anew."""


class _Sensor(NamedTuple):
    number: int
    model: str
    site: str

    @property
    def dev_eui(self) -> str:
        return f"02c17100000001{self.number:02x}"


SENSORS = (
    *(_Sensor(n, AIR, f"air-{n}") for n in range(1, 5)),
    _Sensor(5, AIR, "air-1"),
    *(_Sensor(n, WATER, f"bridge-{n - 5}") for n in range(6, 9)),
    *(_Sensor(n, METER, f"house-{n - 8}") for n in range(9, 11)),
    *(_Sensor(n, RAIN, f"park-{n - 10}") for n in range(11, 13)),
)
SITES = {
    **{one.site: Site(id=one.site) for one in SENSORS},
    "air-2": Site(id="air-2", calibrations=(Calibration("air_temperature", 0.5, 1.01, CALIBRATED),)),
    "bridge-1": Site(id="bridge-1", references=(Reference(6.5, "national"), Reference(7.25, "national", RAISED))),
    "bridge-2": Site(id="bridge-2", references=(Reference(5.0, "station", BEGIN + DAY),)),
}


def directory() -> Directory:
    """Where each device was when, as the registry says it."""
    stays: dict[str, tuple[Stay, ...]] = {one.dev_eui: (Stay(one.site, "Hải Châu", EVER, FOREVER),) for one in SENSORS}
    stays[SENSORS[0].dev_eui] = (Stay("air-1", "Hải Châu", EVER, SWAP),)
    stays[SENSORS[4].dev_eui] = (
        Stay("store-room", "Sơn Trà", EVER, SWAP),
        Stay("air-1", "Hải Châu", SWAP, FOREVER),
    )
    return Directory(stays=stays)


def facts() -> Facts:
    """What the registry knows of the sites; nothing may be stuck for a week, so that nothing looks back so far."""
    rules = {name: rule if rule.stuck is None else rule._replace(stuck=DAY) for name, rule in RULES.items()}
    return Facts(SITES, rules=rules)


def events(days: tuple[int, int] = (0, 30), *, seed: int = 1, beyond: int = 0) -> list[Event]:
    """In the order in which they come.

    Args:
        days: from which one on, and before which one.
        seed: of what is random.
        beyond: how many come so late that what was before them is forgotten.
    """
    random = Random(seed)
    found = [one for sensor in SENSORS for one in _life(sensor, range(days[0] * 48, days[1] * 48), random)]
    for place in random.sample(range(len(found)), beyond):
        due, event = found[place]
        found[place] = due + 20 * INTERVAL + 60 * SECOND, event
    found.sort(key=lambda one: (one[0], one[1].topic))
    return [replace(event, arrived_at=due) for due, event in found]


def _life(sensor: _Sensor, numbers: range, random: Random) -> list[tuple[int, Event]]:
    """One device's events, and when each comes."""
    state, lost = _State(sensor, random), 0
    found: list[tuple[int, Event]] = []
    for number in numbers:
        at = BEGIN + number * INTERVAL + random.randrange(5 * SECOND)
        payload = state.payload(number, at)
        if random.random() < 0.03:
            lost = at
            continue
        if lost and sensor.model in (AIR, WATER) and random.random() < 0.7:
            payload += state.history(lost)
        lost = 0
        if random.random() < 0.01:
            payload = "ff"
        late = random.randrange(1, 4) * INTERVAL + 60 * SECOND if random.random() < 0.05 else 0
        if SWAP - 8 * INTERVAL < at < SWAP:
            late = 0  # where a device was before it moved is forgotten
        link = {"gatewayId": f"02c171ffff00000{sensor.number % 3}", "nsTime": render(at), "rssi": -90, "snr": 5.0}
        if sensor.number == 3 and 5 * 48 <= number < 6 * 48:
            link["gwTime"] = render(at - 400 * DAY)
        name, model = sensor.dev_eui, sensor.model
        event = uplink(number + 1, payload, at=at, dev_eui=name, model=model, tags={"site": ""}, rxInfo=[link])
        found.append((at + late, event))
        if random.random() < 0.005:
            found.append((at + late + 3 * SECOND, event))
    return found


class _State:
    """What a device measures."""

    def __init__(self, sensor: _Sensor, random: Random) -> None:
        self._sensor = sensor
        self._random = random
        self._pulses = 100
        self._rain = 0
        self._stuck = ""

    def payload(self, number: int, at: int) -> str:
        """A regular report, as hexadecimal digits."""
        hour = (at // SECOND / 3600) % 24
        day = number // 48
        if self._sensor.model == AIR:
            return self._air(number, day, hour)
        if self._sensor.model == WATER:
            level = 3000 + 800 * math.sin(at / DAY * 12) + self._noise(20)
            if self._random.random() < 0.01:
                level += 3500
            if self._sensor.number == 7 and 20 <= day < 22:
                level = 2222
            return f"0382{_le(int(level))}"
        if self._sensor.model == METER:
            self._pulses += self._random.randrange(0, 40)
            if number in (8 * 48 + 3, 21 * 48 + 30):
                self._pulses = 7
            return f"05c8{_le(self._pulses, 4)}"
        if number % 48 == 0:
            self._rain = 0
        self._rain += self._random.randrange(0, 900) if 14 <= hour < 17 and day % 3 == 0 else 0
        return f"0367{_le(int(280 + self._noise(9)))}0877{_le(self._rain)}01"

    def history(self, at: int) -> str:
        """A value of a report that was lost."""
        time = _le(at // SECOND, 4)
        if self._sensor.model == WATER:
            return f"20ce{time}{_le(int(3000 + self._noise(500)))}"
        return f"20ce{time}{_le(int(500 + self._noise(60)))}{_le(10080)}{_le(int(280 + self._noise(15)))}73"

    def _air(self, number: int, day: int, hour: float) -> str:
        temperature = 280 + 50 * math.sin(hour / 24 * 2 * math.pi) + self._noise(6)
        if self._random.random() < 0.01:
            temperature += 220
        found = (
            f"0367{_le(int(temperature))}0468{int(120 + self._noise(20)):02x}"
            f"057d{_le(int(500 + self._noise(100)))}0673{_le(int(10080 + self._noise(20)))}"
        )
        if self._sensor.number == 4 and 17 <= day < 20:
            self._stuck = self._stuck or found
            return self._stuck
        return found if number % 20 else found + "017563"

    def _noise(self, width: float) -> float:
        return self._random.uniform(-width, width)


def _le(value: int, size: int = 2) -> str:
    return value.to_bytes(size, "little").hex()
