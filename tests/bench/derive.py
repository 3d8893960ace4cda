"""What working rows out costs: calibrated, judged, and what follows from them; decoding is not in it.

A city reports each quarter of an hour, every site has a reference height. The first half of its uplinks is there to be
remembered, the second one is timed.
"""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING

from gateways.chirpstack import events
from gateways.simulator import MIXES, City
from gateways.uplink import Event
from ingest.decoding.decoding import Decoding
from ingest.derive.facts import Facts
from ingest.derive.memory import Memory
from ingest.derive.past import PLACE, SIZE
from ingest.derive.stage import DOMAINS, work_out
from ingest.devices import Directory
from ingest.intake.intake import Intake
from ingest.registry.site import Reference, Site
from tests.bench.load import SEED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from ingest.decoding.point import Point
    from tests.bench.options import Options, Result

    Uplinks: TypeAlias = "Sequence[tuple[Point, ...]]"

DEVICES = 1_000
REPORTS = 24
"""Of each device: half of them fill what is remembered of it."""

PERIOD = 900
"""Seconds between two of a device."""

START = 1_790_000_000 * 10**9
TRACKED = (1, 3, 8)


def derive(options: Options) -> Result:
    """Microseconds of CPU an uplink, by mix and by model, and bytes of memory a device."""
    result: Result = {}
    for mix in MIXES:
        uplinks = _decoded(mix)
        facts = _facts(uplinks)
        before, timed = uplinks[: len(uplinks) // 2], uplinks[len(uplinks) // 2 :]
        memory = Memory()
        worked = [work_out(points, facts, memory) for points in before]
        devices = memory.take_changes().devices
        result |= {
            f"{mix}_us_an_uplink": _round(_cost(timed, facts, devices, options.rounds)),
            f"{mix}_rows_an_uplink": _round(sum(_rows(points) for points in timed) / len(timed)),
            f"{mix}_fields_a_row": _round(_fields(before) / sum(map(_rows, before))),
            f"{mix}_derived_a_row": _round((_fields(worked) - _fields(before)) / sum(map(_rows, before))),
            f"{mix}_bytes_a_device": round(sum(map(len, devices.values())) / DEVICES),
        }
        if mix == "wide":
            result["by_model"] = _by_model(timed, facts, devices, options.rounds)
    return result | {f"bytes_with_{count}_remembered": PLACE + count * SIZE for count in TRACKED}


def _decoded(mix: str) -> Uplinks:
    """What the city's uplinks are decoded to, in the order of time."""
    intake, decoding = Intake(events.parse), Decoding(Directory().resolve)
    found = []
    stream = City(DEVICES, SEED, models=MIXES[mix]).stream(START, DEVICES / PERIOD)
    for at, topic, payload in islice(stream, DEVICES * REPORTS):
        judged = intake.judge(Event("mosquitto", topic, payload, at))
        outcome = decoding(judged.entry, judged.message)
        if not outcome.reason:
            found.append(outcome.points)
    return found


def _facts(uplinks: Uplinks) -> Facts:
    sites = {point.tags[1] for points in uplinks for point in points}
    reference = Reference(8.0, "national")
    return Facts({site: Site(id=site, references=(reference,)) for site in sites})


def _cost(uplinks: Uplinks, facts: Facts, devices: dict[str, bytes], rounds: int) -> float:
    """The best of some rounds: what others do on the machine only ever adds."""
    best = float("inf")
    for _ in range(rounds):
        memory = Memory(devices)
        began = time.process_time()
        for points in uplinks:
            work_out(points, facts, memory)
        best = min(best, time.process_time() - began)
    return best / len(uplinks) * 1e6


def _by_model(uplinks: Uplinks, facts: Facts, devices: dict[str, bytes], rounds: int) -> list[Result]:
    models: dict[str, list[tuple[Point, ...]]] = {}
    for points in uplinks:
        models.setdefault(points[0].tags[3], []).append(points)
    rows = [
        {
            "model": model,
            "us": _round(_cost(own, facts, devices, rounds)),
            "rows": _round(sum(map(_rows, own)) / len(own)),
            "fields": _round(_fields(own) / len(own)),
            "bytes": max(len(devices.get(points[0].tags[0], b"")) for points in own),
        }
        for model, own in models.items()
    ]
    return sorted(rows, key=lambda row: -row["us"])


def _rows(points: tuple[Point, ...]) -> int:
    return sum(point.measurement in DOMAINS for point in points)


def _fields(uplinks: Uplinks) -> int:
    return sum(len(point.fields) for points in uplinks for point in points if point.measurement in DOMAINS)


def _round(number: float) -> float:
    return round(number, 2)
