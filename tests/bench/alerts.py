"""What rules cost: from worked-out rows to what fires; decoding, storing and telling are not in it.

10,000 devices each report once a quarter of an hour, in batches as they come at 1,000 uplinks/s. With 500 rules each
row is looked at by about one of them; one in a thousand of these values is too much. Beside it what each kind of signal
costs where every row has a value for it, and what is kept in memory.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from decoders.vocabulary.quantity import Label
from ingest.alerts.engine import Engine
from ingest.alerts.heard import Heard
from ingest.alerts.rule import Aggregate, Errors, Field, Rate, Rule, Severity, Silence, Total, Trigger, Where
from ingest.decoding.point import Point

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.alerts.rule import Signal
    from tests.bench.options import Options, Result

DEVICES = 10_000
UPLINKS = 60_000
RATE = 1_000
BATCH = 20
WARDS = 45
MODELS = 20
SECOND = 1_000_000_000
START = 1_790_000_000 * SECOND
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NAME = Label("Phép đo", "Bench")
LEVEL = Field("water", "water_level")
RARE = 1_000
"""Each so manyth value is too much."""

TALKATIVE = 100
"""Devices on the air every two seconds for so long that a rule on their airtime fires at each."""

RULES = 500


class Cost(NamedTuple):
    """Of one run: CPU an uplink, and each device's first one; how often something was too much."""

    microseconds: float
    first: float
    changes: int


def alerts(options: Options) -> Result:
    """Microseconds of CPU an uplink, and bytes of memory."""
    events = _events()
    result: Result = {}
    for name, rules in _city().items():
        found = [_run(rules, events) for _ in range(options.rounds)]
        result[f"{name}_us_an_uplink"] = round(min(found).microseconds, 2)
        result[f"{name}_us_a_first_uplink"] = round(min([one.first for one in found]), 2)
        result[f"{name}_changes"] = found[0].changes
    talkative, busy = _talkative(), _rule(0, Total(Field("radio", "airtime"), 3_600 * SECOND), above=1_000.0)
    found = [_run([busy], talkative) for _ in range(options.rounds)]
    result["1_total_that_fires_us_an_uplink"] = round(min(found).microseconds, 2)
    return result | _memory(events)


def _city() -> dict[str, list[Rule]]:
    """Sets of rules, by what is told of them."""
    many = [_rule(number, LEVEL, Where(wards=frozenset({f"ward-{number % WARDS}"}))) for number in range(RULES)]
    spread = [
        _rule(number, Field("water", f"quantity_{number}") if number >= WARDS else LEVEL, many[number].where)
        for number in range(RULES)
    ]
    return {
        "no_rules": [],
        "1_rule_of_another_measurement": [_rule(0, Field("traffic", "vehicles"))],
        "1_rule": [_rule(0, LEVEL)],
        "500_rules_1_a_row": spread,
        "500_rules_11_a_row": many,
        "1_rule_held": [_rule(0, LEVEL, hold=600 * SECOND)],
        "1_rate": [_rule(0, Rate(LEVEL, 3_600 * SECOND))],
        "1_total": [_rule(0, Total(LEVEL, 3_600 * SECOND))],
        "1_aggregate": [_rule(0, Aggregate(LEVEL, "mean", 3_600 * SECOND))],
        "1_errors": [_rule(0, Errors(3_600 * SECOND))],
        "1_silence": [_rule(0, Silence(900 * SECOND))],
    }


def _rule(number: int, signal: Signal, where: Where | None = None, hold: int = 0, above: float = 0.0) -> Rule:
    above = above or (1e9 if isinstance(signal, Rate | Total) else 5.0)
    trigger = Trigger(above=above, clear=above * 0.9, hold=hold)
    return Rule(f"bench/{number}", NAME, Severity.WARNING, signal, trigger, where or Where())


def _events() -> list[Heard]:
    """One uplink after the other: a row of a domain, and the radio's."""
    found = []
    for number in range(UPLINKS):
        device = number * 7919 % DEVICES
        at = START + number * SECOND // RATE
        dev_eui, site, ward = f"{device:016x}", f"site-{device}", f"ward-{device % WARDS}"
        model = f"model-{device % MODELS}"
        level = 6.0 if number % RARE == 0 else 1.0 + number % 7 / 10
        fields = (("water_level", level), ("battery", 90.0), ("temperature", 28.0), ("tilt", 0.0))
        radio = (("rssi", -97.0), ("snr", 7.5), ("sf", 9.0), ("airtime", 185.3), ("f_cnt", float(number)))
        points = (
            Point("water", (dev_eui, site, ward, model, "0"), fields, at, at),
            Point("radio", (dev_eui, site, ward, model, f"gw-{device % 50}"), radio, at, at),
        )
        found.append(Heard("mosquitto", at, dev_eui, points, gateways=(f"gw-{device % 50}",)))
    return found


def _talkative() -> list[Heard]:
    """Forty minutes of them, by when a sum over an hour has as many amounts as it ever keeps, or nearly."""
    found = []
    for number in range(TALKATIVE * 1_200):
        device = number % TALKATIVE
        at = START + number * 2 * SECOND // TALKATIVE
        dev_eui = f"{device:016x}"
        row = Point("radio", (dev_eui, f"site-{device}", "ward-1", "model-1", "gw-1"), (("airtime", 185.3),), at, at)
        found.append(Heard("mosquitto", at, dev_eui, (row,), gateways=("gw-1",)))
    return found


def _run(rules: Sequence[Rule], events: Sequence[Heard]) -> Cost:
    """Each device was heard once before the clock begins."""
    engine = Engine(rules, ZONE)
    changes = 0
    gc.collect()
    gc.freeze()  # what is timed is the engine, not that the events lie about
    began = time.process_time()
    for first in range(0, len(events), BATCH):
        if first == DEVICES:
            warm, began = time.process_time() - began, time.process_time()
        engine.take(events[first : first + BATCH])
        changes += len(engine.effects().changes)
    spent = time.process_time() - began
    gc.unfreeze()
    return Cost(spent * 1e6 / (len(events) - DEVICES), warm * 1e6 / DEVICES, changes)


def _memory(events: Sequence[Heard]) -> Result:
    """Bytes that a rule takes by itself, a device that it looks at, and a watch that is not idle."""
    quiet = [_quiet(one) for one in events[:DEVICES]]
    tracemalloc.start()
    sizes = [_size(rules, []) for rules in ([_rule(0, LEVEL)], _city()["500_rules_1_a_row"])]
    one = _size([_rule(0, LEVEL)], quiet)
    many = _size(_city()["500_rules_11_a_row"], quiet)
    firing = _size([_rule(0, LEVEL, hold=1)], [_quiet(heard, 6.0) for heard in quiet])
    tracemalloc.stop()
    engine = Engine([_rule(0, LEVEL)], ZONE)
    engine.take([_quiet(quiet[0], 6.0)])
    stored = max(map(len, engine.effects().states.values()))
    return {
        "bytes_a_rule": round((sizes[1] - sizes[0]) / (RULES - 1)),
        "bytes_an_idle_device": round((one - sizes[0]) / DEVICES),
        "bytes_an_idle_device_of_11_rules": round((many - sizes[1]) / DEVICES),
        "bytes_a_watch_that_is_not_idle": round((firing - one) / DEVICES),
        "bytes_stored_of_one_that_fires": stored,
    }


def _quiet(heard: Heard, level: float = 1.0) -> Heard:
    """The same with its row of a domain alone, and an ordinary value."""
    row = heard.points[0]
    return heard._replace(points=(Point(row.measurement, row.tags, (("water_level", level),), row.time),))


def _size(rules: Sequence[Rule], events: Sequence[Heard]) -> int:
    before = tracemalloc.get_traced_memory()[0]
    engine = Engine(rules, ZONE)
    engine.take(events)
    engine.effects()
    return tracemalloc.get_traced_memory()[0] - before
