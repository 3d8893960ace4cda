"""From the values of a span of time to what they come to. Pure, and the same in whatever order the values came.

| kind        | mean                        | minimum, maximum | p95 | total |
|-------------|-----------------------------|------------------|-----|-------|
| gauge       | yes                         | yes              | yes | -     |
| event_count | of the amounts              | yes              | yes | yes   |
| rain        | of the amounts              | yes              | yes | of the gauges' mean |
| state       | by how long each lasted     | yes              | yes | -     |
| counter     | -                           | the last reading | -   | -     |
| an angle    | the mean direction          | -                | -   | -     |
| a sound     | of the energies             | yes              | yes | -     |

What has no meaning is not-a-number. Zero has no sign (`+ 0.0`): which of 0.0 and -0.0 is the lesser were a matter of
order.
"""

from __future__ import annotations

from math import atan2, cos, degrees, fsum, hypot, log10, nan, radians, sin
from typing import TYPE_CHECKING, Literal, TypeAlias

from decoders.quantities import QUANTITIES
from ingest.rollup.spans import HOUR
from ingest.rollup.summary import Aggregate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from decoders.quantities import Kind
    from ingest.rollup.bucket import Keys

Way: TypeAlias = Literal["gauge", "event_count", "state", "counter", "angle", "sound", "rain"]

ANGLES = frozenset({"compass_heading", "wind_direction"})
"""Directions: 350° and 10° have the mean 0°."""

SOUNDS = frozenset({"laeq", "lceq", "lzeq"})
"""Equivalent levels: 50 and 70 dB, as long each, have the equivalent level 67 dB."""


def _way(name: str, kind: Kind) -> Way:
    return "angle" if name in ANGLES else "sound" if name in SOUNDS else "rain" if name == "rain" else kind


WAYS: Mapping[str, Way] = {name: _way(name, quantity.kind) for name, quantity in QUANTITIES.items()}
"""How each quantity is aggregated."""

NO_DIRECTION = 1e-9
"""Of directions that cancel each other out nothing is left but rounding."""


Column: TypeAlias = "tuple[Keys, Sequence[float]]"
"""Times and devices, and the values. No two have the same time and device."""


def aggregate(way: Way, column: Column, end: int, coverage: float) -> Aggregate:
    """What good values come to.

    Args:
        way: of the quantity.
        column: at least one value, in any order.
        end: of the span, ns UTC.
        coverage: the part of the span that they stand for, 0 to 1.
    """
    if way == "gauge":
        found = sorted(column[1])
        count = len(found)
        p95 = found[-(-count * 95 // 100) - 1]
        return Aggregate(fsum(found) / count, found[0] + 0.0, found[-1] + 0.0, p95 + 0.0, nan, count, coverage)
    return _WAYS[way](column, end, coverage)


def _amounts(column: Column, _end: int, coverage: float) -> Aggregate:
    found = sorted(column[1])
    count, total = len(found), fsum(found)
    return Aggregate(total / count, found[0] + 0.0, found[-1] + 0.0, _p95(found), total, count, coverage)


def _rain(column: Column, end: int, coverage: float) -> Aggregate:
    """Two gauges measure the same rain: of each hour their mean counts. Of an hour that only one gives, that one."""
    found = _amounts(column, end, coverage)
    keys, values = column
    if len(set(keys.devices)) == 1:
        return found
    hours: dict[int, dict[int, list[float]]] = {}
    for time, device, value in zip(*keys, values, strict=True):
        hours.setdefault(time // HOUR, {}).setdefault(device, []).append(value)
    means = [fsum([fsum(own) for own in gauges.values()]) / len(gauges) for gauges in hours.values()]
    return found._replace(total=fsum(means))


def _state(column: Column, end: int, coverage: float) -> Aggregate:
    """Each value lasts until the device's next one, the last one until the end of the span."""
    keys, values = column
    found = sorted(values)
    until: dict[int, int] = {}
    lasted: list[int] = []
    weighted: list[float] = []
    for time, device, value in sorted(zip(*keys, values, strict=True), reverse=True):
        span = until.get(device, end) - time
        until[device] = time
        lasted.append(span)
        weighted.append(value * span)
    total = sum(lasted)
    mean = fsum(weighted) / total if total else fsum(found) / len(found)
    return Aggregate(mean, found[0] + 0.0, found[-1] + 0.0, _p95(found), nan, len(found), coverage)


def _counter(column: Column, _end: int, coverage: float) -> Aggregate:
    keys, values = column
    *_key, last = max(zip(*keys, values, strict=True))
    return Aggregate(nan, nan, last, nan, nan, len(values), coverage)


def _angle(column: Column, _end: int, coverage: float) -> Aggregate:
    turns = [radians(value) for value in column[1]]
    count = len(turns)
    east, north = fsum([sin(turn) for turn in turns]) / count, fsum([cos(turn) for turn in turns]) / count
    mean = nan if hypot(east, north) < NO_DIRECTION else degrees(atan2(east, north)) % 360.0
    return Aggregate(mean, nan, nan, nan, nan, count, coverage)


def _sound(column: Column, _end: int, coverage: float) -> Aggregate:
    """Levels are added as energies: the mean is the level that all of the time would have had the same."""
    found = sorted(column[1])
    count = len(found)
    mean = 10 * log10(fsum([10 ** (level / 10) for level in found]) / count)
    return Aggregate(mean, found[0] + 0.0, found[-1] + 0.0, _p95(found), nan, count, coverage)


def _p95(ascending: Sequence[float]) -> float:
    """By the nearest rank: the least value that at least 95 % of them do not exceed."""
    return ascending[-(-len(ascending) * 95 // 100) - 1] + 0.0


_WAYS: Mapping[Way, Callable[[Column, int, float], Aggregate]] = {
    "event_count": _amounts,
    "state": _state,
    "counter": _counter,
    "angle": _angle,
    "sound": _sound,
    "rain": _rain,
}
