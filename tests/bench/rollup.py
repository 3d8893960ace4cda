"""What roll-ups cost: from worked-out rows to hours and days and the second log; decoding and working out is not in it.

Sparse: every device reports each quarter of an hour, most at a site of its own, so that an hour of a site is made of
four uplinks. Dense: each half minute. Both in batches as they come at 1,000 uplinks/s, and as in a drain. The first
day is there to be closed and remembered; what is timed has its hours and its day closed, too.
"""

from __future__ import annotations

import time
from itertools import islice
from typing import TYPE_CHECKING

from gateways.chirpstack import events
from gateways.simulator import MIXES, City
from gateways.uplink import Event
from ingest.data_dir import open_consumer
from ingest.decoding.decoding import Decoding
from ingest.derive.facts import Facts
from ingest.derive.memory import Memory
from ingest.derive.stage import work_out
from ingest.devices import Directory
from ingest.intake.intake import Intake
from ingest.rollup.sink import RollupSink
from ingest.sqlite import transaction
from tests.bench.load import SEED

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.decoding.point import Point
    from tests.bench.options import Options, Result

HOUR = 3_600_000_000_000
START = 1_790_010_000 * 10**9
CITIES = {"sparse": (300, 900), "dense": (10, 30)}
"""Devices, and seconds between two uplinks of one."""

HOURS = 27
BATCHES = {"live": 20, "drain": 2_000}
"""Uplinks of a write at 1,000/s, and at most."""

TURNS = 12
"""Live writes between two turns of the sink, a quarter of a second."""


def rollup(options: Options) -> Result:
    """Microseconds of CPU an uplink, by mix, city and batch; bytes of the file an uplink."""
    result: Result = {}
    for mix in MIXES:
        for city, (devices, period) in CITIES.items():
            uplinks = _worked_out(mix, devices, period)
            for way, size in BATCHES.items():
                with options.scratch() as folder:
                    cost, size_of_file = _run(folder, uplinks, size)
                result[f"{mix}_{city}_{way}_us_an_uplink"] = round(cost, 2)
            sites = {point.tags[1] for points in uplinks for point in points if len(point.tags) > 1}
            result[f"{mix}_{city}_sites"] = len(sites)
            result[f"{mix}_{city}_bytes_an_uplink"] = round(size_of_file / len(uplinks))
    return result


def _worked_out(mix: str, devices: int, period: int) -> list[tuple[Point, ...]]:
    """The rows of each uplink, in the order in which they came."""
    intake, decoding, facts, memory = Intake(events.parse), Decoding(Directory().resolve), Facts(), Memory()
    found = []
    stream = City(devices, SEED, models=MIXES[mix]).stream(START, devices / period)
    for at, topic, payload in islice(stream, devices * HOURS * 3600 // period):
        judged = intake.judge(Event("mosquitto", topic, payload, at))
        outcome = decoding(judged.entry, judged.message)
        if outcome.points:
            found.append(work_out(outcome.points, facts, memory))
    memory.take_changes()
    return found


def _run(folder: Path, uplinks: Sequence[tuple[Point, ...]], size: int) -> tuple[float, int]:
    db = open_consumer(folder, "rollup")
    clock = [START]
    sink = RollupSink(db, "Asia/Ho_Chi_Minh", lambda: clock[0])
    began = time.process_time()
    for number, first in enumerate(range(0, len(uplinks), size)):
        batch = [point for points in uplinks[first : first + size] for point in points]
        clock[0] = max(clock[0], batch[-1].received_at)
        with transaction(db):
            sink.write(batch)
        if size > BATCHES["live"] or number % TURNS == 0:
            _turn(db, sink)
    clock[0] += HOUR
    _turn(db, sink)
    spent = time.process_time() - began
    (pages,), (page,) = db.execute("PRAGMA page_count").fetchone(), db.execute("PRAGMA page_size").fetchone()
    db.close()
    return spent * 1e6 / len(uplinks), pages * page


def _turn(db: sqlite3.Connection, sink: RollupSink) -> None:
    more = True
    while more:
        with transaction(db):
            more = sink.idle(caught_up=True)
