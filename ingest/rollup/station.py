"""The row `station`: what a map shows of a site, all in one row. Pure.

    an hour is over ──▶ station_point ──┐
                                        ├──▶ changed? ──▶ a row, at the end of the hour or the time of the reading
    a level, a space (`live`) ──▶ lived ┘

There is a row where something changed, and one a day (`REPEAT`) where nothing did, so that whoever looks a little more
than a day back has every site. What is not known now is not in the newest row, whatever an older one had.

The state is the worst of what `JUDGED` and the thresholds below say, and the cause the first of these that makes it:

| state | flood | street | VN_AQI | heat | rain of 12 or 24 h | doubtful | battery |
|---|---|---|---|---|---|---|---|
| 0 silent | nothing came for three hours, or three intervals of the site if that is longer | | | | | | |
| 1 good | below BĐ1 | under 0.1 m | good, moderate | up to extreme caution | up to moderate | | |
| 2 attention | BĐ1 | shallow | poor | danger | heavy | half of its values | 30 days or 10 % left |
| 3 warning | BĐ2 | flooded | bad | extreme danger | very heavy | | |
| 4 danger | BĐ3 | deep, very deep | very bad, hazardous | | | | |
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from ingest.decoding.point import FIELDS, Point
from ingest.rollup import codes, means
from ingest.rollup.battery import lowest_battery

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.registry.site import Site
    from ingest.rollup.summary import Summary

REPEAT = means.DAY_HOURS * means.HOUR
SILENT = 3 * means.HOUR
DOUBTFUL = 50.0  # % of an hour's values
BATTERY, BATTERY_DAYS = 10.0, 30.0

_FIELDS = tuple(FIELDS["station"])
_SHOWN = frozenset(_FIELDS)


class State(IntEnum):
    """How a site is; the numbers are stored."""

    SILENT = 0
    GOOD = 1
    ATTENTION = 2
    WARNING = 3
    DANGER = 4


class Reason(IntEnum):
    """What makes the state; the numbers are stored."""

    NONE = 0
    SILENT = 1
    FLOOD = 2
    STREET = 3
    AIR = 4
    HEAT = 5
    RAIN = 6
    DOUBTFUL = 7
    BATTERY = 8


class Judged(NamedTuple):
    """What a class makes of the state.

    Attributes:
        field: of the class.
        states: of each class.
        unverified: the field that says that it rests on what is not verified; "" where there is none.
    """

    reason: Reason
    field: str
    states: tuple[int, ...]
    unverified: str = ""


JUDGED = (
    Judged(Reason.FLOOD, "flood_level", (1, 2, 3, 4), "flood_level_unverified"),
    Judged(Reason.STREET, "street_flood_class", (1, 2, 3, 4, 4), "street_flood_unverified"),
    Judged(Reason.AIR, "vn_aqi_class", (1, 1, 2, 3, 4, 4)),
    Judged(Reason.HEAT, "heat_index_class", (1, 1, 1, 2, 3), "heat_index_unverified"),
    Judged(Reason.RAIN, "rain_12h_class", (1, 1, 1, 1, 2, 3)),
    Judged(Reason.RAIN, "rain_24h_class", (1, 1, 1, 1, 2, 3)),
)

STEPS: Mapping[str, float] = {
    "water_level": 0.1,
    "flood_offset": 0.1,
    "flood_over_bd1": 1e9,  # goes with the level, and so do the next two
    "flood_over_bd2": 1e9,
    "flood_over_bd3": 1e9,
    "flood_rise": 0.1,
    "street_flood": 0.05,
    "vn_aqi": 10.0,
    "epa_aqi": 10.0,
    "heat_index": 1.0,
    "rain_1h": 5.0,
    "rain_3h": 5.0,
    "rain_12h": 10.0,
    "rain_24h": 10.0,
    "parking_occupancy": 5.0,
    "parking_taken": 1e9,  # goes with the occupancy
    "doubtful": 25.0,
    "battery": 5.0,
    "battery_days": 30.0,
}
"""How far a number may move before it is a change; any other field is a code, and every change of it is one."""


def station_point(
    site: Site | None,
    site_id: str,
    ward: str,
    at: int,
    *,
    hour: Summary | None = None,
    newest: Mapping[str, float] | None = None,
    battery_days: float | None = None,
    silent: bool = False,
) -> Point:
    """The row of a site as it is at a time.

    Args:
        site: what the registry knows of it; None where that is nothing.
        site_id: the tag.
        ward: the tag.
        at: ns UTC; of the row: the end of the hour.
        hour: the newest hour that has anything, with its `indices`.
        newest: what is known live (`live.Stations.newest`); it goes before the hour's highest level.
        battery_days: of the last day that has it.
        silent: nothing has come for so long (`is_silent`) that nothing is known: then the rest is left out.
    """
    fields = _position(site)
    if silent:
        return _point(site_id, ward, at, {**fields, "state": State.SILENT, "cause": Reason.SILENT})
    if hour is not None:
        fields |= _of_hour(hour)
    if battery_days is not None:
        fields["battery_days"] = battery_days
    return _stated(site_id, ward, at, _over(fields, newest or {}))


def lived(
    before: Point | None, site: Site | None, tags: tuple[str, str], at: int, newest: Mapping[str, float]
) -> Point:
    """The row that live values make of the one before; its time is after that.

    Args:
        before: the newest row of the site; None where there is none.
        site: what the registry knows of it.
        tags: site and ward.
        at: ns UTC, of the newest reading.
        newest: what is known live.
    """
    old = dict(before.fields) if before is not None else {}
    fields = {**{name: value for name, value in old.items() if isinstance(value, float)}, **_position(site)}
    time = at if before is None else max(at, before.time + 1)
    return _stated(*tags, time, _over(fields, newest))


def is_silent(newest: int, at: int, interval: int) -> bool:
    """Whether a site that last gave anything at `newest` is silent by now; in ns, `interval` that of its devices."""
    return at - newest > max(SILENT, 3 * interval)


def changed(before: Point | None, now: Point) -> bool:
    """Whether the row says something that the one before does not, or that one is a day old."""
    if before is None or before.tags != now.tags or now.time - before.time >= REPEAT:
        return True
    if before.fields == now.fields:
        return False
    old, new = dict(before.fields), dict(now.fields)
    return old.keys() != new.keys() or any(_moved(name, old[name], new[name]) for name in new)


def state_of(fields: Mapping[str, float]) -> tuple[State, Reason, bool]:
    """The state, what makes it, and whether that is verified."""
    state, reason, verified = State.GOOD, Reason.NONE, True
    for one in JUDGED:
        rank = fields.get(one.field)
        if rank is not None and one.states[int(rank)] > state:
            state, reason, verified = State(one.states[int(rank)]), one.reason, one.unverified not in fields
    if state is State.GOOD and fields.get("doubtful", 0.0) >= DOUBTFUL:
        return State.ATTENTION, Reason.DOUBTFUL, True
    weak = fields.get("battery", 100.0) <= BATTERY or fields.get("battery_days", 1e9) <= BATTERY_DAYS
    if state is State.GOOD and weak:
        return State.ATTENTION, Reason.BATTERY, True
    return state, reason, verified


_LIVE = (("water_level", "flood_"), ("street_flood",), ("parking_",))
"""How the fields begin that live values make; those of one group go together."""


def _over(fields: Mapping[str, float], newest: Mapping[str, float]) -> dict[str, float]:
    """Live values instead of what was known of the same."""
    if not newest:
        return dict(fields)
    made = tuple(prefix for group in _LIVE if any(name.startswith(group) for name in newest) for prefix in group)
    return {**{name: value for name, value in fields.items() if not (made and name.startswith(made))}, **newest}


def _stated(site: str, ward: str, at: int, fields: dict[str, float]) -> Point:
    fields.pop("state" + codes.UNVERIFIED, None)
    state, reason, verified = state_of(fields)
    fields |= {"state": state, "cause": reason}
    if not verified:
        fields["state" + codes.UNVERIFIED] = 1.0
    return _point(site, ward, at, fields)


def _point(site: str, ward: str, at: int, fields: Mapping[str, float]) -> Point:
    given = tuple([(name, float(fields[name])) for name in _FIELDS if name in fields])
    return Point("station", (site, ward), given, at)


def _position(site: Site | None) -> dict[str, float]:
    if site is None or site.latitude is None or site.longitude is None:
        return {}
    return {"latitude": site.latitude, "longitude": site.longitude}


def _of_hour(hour: Summary) -> dict[str, float]:
    found = {name: value for name, value in hour.indices.items() if name in _SHOWN}
    good = sum([one.count for one in hour.values.values()])
    doubts = sum([count for causes in hour.doubts.values() for count in causes.values()])
    if good + doubts:
        found["doubtful"] = 100 * doubts / (good + doubts)
    level, battery = means.highest(hour, "water_level"), lowest_battery(hour)
    if level is not None:
        found["water_level"] = level
    if battery is not None:
        found["battery"] = battery
    return found


def _moved(name: str, old: float | str, new: float | str) -> bool:
    step = STEPS.get(name)
    if step is None or isinstance(old, str) or isinstance(new, str):
        return old != new
    return abs(new - old) >= step
