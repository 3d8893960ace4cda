"""Whatever the order, the batches and the crashes: the same roll-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ingest.data_dir import open_consumer
from ingest.rollup.derived_log import DerivedReader
from ingest.rollup.packed import unpack
from ingest.rollup.sink import Outside, RollupSink
from ingest.rollup.summarise import Places
from ingest.sqlite import transaction
from tests.fakes.rollups import BEGIN, HOUR, ZONE, row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path
    from random import Random

    from ingest.decoding.point import Point

SITES = ("bridge-1", "drain-2", "street-3")

WARD = (*SITES, "school-4")
HOURLY = Outside(lambda: Places(interval=lambda _site, _quantity: HOUR))
"""A value an hour is all that is expected."""


class CrashError(Exception):
    """The process ends here."""


@st.composite
def rows(draw: st.DrawFn) -> list[Point]:
    """Rows of different identities over two days, a value of each a pure function of it."""
    key = st.tuples(st.sampled_from(SITES), st.integers(1, 3), st.integers(0, 60))
    found = []
    for site, device, slot in sorted(draw(st.sets(key, min_size=1, max_size=40))):
        at = BEGIN + slot * (HOUR * 4 // 5) + device
        value = float((slot * 37 + device * 11) % 50) + 0.1 * device
        if (slot + device) % 7 == 0:
            found.append(row(at, {"air_temperature": value}, site=site, device=device, causes={"air_temperature": 2}))
        else:
            values = {"air_temperature": value, "pm2_5": value / 3, "rain": value / 100}
            found.append(row(at, values, site=site, device=device))
    return found


@st.composite
def drifting(draw: st.DrawFn) -> tuple[list[Point], list[Point]]:
    """Days of neighbours one of which is off from a day on, as far as they are there; and what corrects some of it."""
    begins, lost = (
        draw(st.integers(0, 2)),
        draw(st.sets(st.tuples(st.sampled_from(WARD), st.integers(0, 4)), max_size=2)),
    )
    there = [(site, day) for site in WARD for day in range(5) if (site, day) not in lost]
    wrong = [_day(site, day, 60.0 if site == "school-4" and day >= begins else 20.0) for site, day in there]
    others = draw(st.lists(st.sampled_from(there), max_size=3, unique=True))
    right = [_day(site, day, draw(st.sampled_from((20.0, 40.0, 60.0)))) for site, day in others]
    return [point for day in wrong for point in day], [point for day in right for point in day]


def _day(site: str, day: int, value: float) -> list[Point]:
    times = [BEGIN + (day * 24 + hour) * HOUR for hour in range(20)]
    return [row(at, {"pm2_5": value, "humidity": 70.0}, site=site) for at in times]


def city(db: sqlite3.Connection, clock: list[int], outside: Outside | None = None) -> RollupSink:
    return RollupSink(db, ZONE, lambda: clock[0], outside)


def opened(folder: Path) -> sqlite3.Connection:
    return open_consumer(folder, "rollup")


def write(
    db: sqlite3.Connection, sink: RollupSink, batch: Sequence[Point], *, turn: bool = False, crash: bool = False
) -> None:
    with transaction(db):
        sink.write(batch)
        if turn:
            sink.idle(caught_up=True)
        if crash:
            raise CrashError


def settle(db: sqlite3.Connection, sink: RollupSink) -> None:
    more = True
    sink.tidy()
    while more:
        with transaction(db):
            more = sink.idle(caught_up=True)


def content(folder: Path, db: sqlite3.Connection) -> tuple[set[str], ...]:
    """The tables, and the rows that the log comes to."""
    kept = [
        {repr(unpack(*row)) for row in db.execute(f"SELECT site, ward, start, data FROM {table}")}  # noqa: S608
        for table in ("hourly", "daily")
    ]
    rows: dict[tuple[object, ...], dict[str, object]] = {}
    reader = DerivedReader(folder)
    for block in reader.read(0, 10**9):
        for point in block.points:
            if point.measurement == "station":
                continue
            known = rows.setdefault((point.measurement, point.tags, point.time), {})
            known.update(point.fields)
            for name in point.gone:
                known.pop(name)
    reader.close()
    return (*kept, {repr((key, sorted(fields.items()))) for key, fields in rows.items() if fields})


def in_one_go(folder: Path, points: Sequence[Point], outside: Outside | None = None) -> tuple[set[str], ...]:
    folder.mkdir()
    db = opened(folder)
    clock = [BEGIN + 150 * HOUR]
    sink = city(db, clock, outside)
    write(db, sink, points)
    settle(db, sink)
    found = content(folder, db)
    db.close()
    return found


@settings(
    max_examples=30,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # a case is a whole city: to shrink one takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_any_order_any_batches_any_crash_and_any_slices_give_the_same(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    points = data.draw(rows())
    wanted = in_one_go(tmp_path_factory.mktemp("a") / "once", points)
    monkeypatch.setattr("ingest.rollup.closing.SLICE_SECONDS", 0.0)
    folder = tmp_path_factory.mktemp("b")
    db = opened(folder)
    clock = [BEGIN]
    sink = city(db, clock)
    arriving = data.draw(st.permutations([*points, *data.draw(st.lists(st.sampled_from(points), max_size=10))]))
    while arriving:
        size = data.draw(st.integers(1, 12))
        batch, arriving = arriving[:size], arriving[size:]
        crashes = data.draw(st.integers(0, 2))
        for _ in range(crashes):
            with pytest.raises(CrashError):
                write(db, sink, batch, turn=data.draw(st.booleans()), crash=True)
            if data.draw(st.booleans()):
                sink = city(db, clock)
        write(db, sink, batch)
        clock[0] += data.draw(st.integers(0, 20)) * HOUR
        for _ in range(data.draw(st.integers(0, 4))):
            if data.draw(st.booleans()):
                sink.tidy()
            with transaction(db):
                sink.idle(caught_up=data.draw(st.booleans()))
    clock[0] = max(clock[0], BEGIN + 150 * HOUR)
    settle(db, sink)
    found = content(folder, db)
    db.close()
    for have, want in zip(found, wanted, strict=True):
        assert (have - want, want - have) == (set(), set())


@settings(
    max_examples=8,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data(), order=st.randoms(use_true_random=False))
def test_whoever_comes_first_and_whatever_is_corrected_the_same_days_are_marked(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, data: st.DataObject, order: Random
) -> None:
    came, corrected = data.draw(drifting())
    final = {(point.tags, point.time): point for point in (*came, *corrected)}
    wanted = in_one_go(tmp_path_factory.mktemp("a") / "once", [*final.values()], HOURLY)
    monkeypatch.setattr("ingest.rollup.closing.SLICE_SECONDS", 0.001)
    monkeypatch.setattr("ingest.rollup.judging.PORTION", 1)
    folder = tmp_path_factory.mktemp("b")
    db = opened(folder)
    clock = [BEGIN]
    sink = city(db, clock, HOURLY)
    for part in (came, corrected):
        order.shuffle(part)
        while part:
            size = data.draw(st.integers(20, 200))
            batch, part = part[:size], part[size:]  # noqa: PLW2901
            write(db, sink, batch)
            clock[0] += data.draw(st.integers(0, 40)) * HOUR
            for _ in range(data.draw(st.integers(0, 30))):
                sink.tidy()
                if order.random() < 0.1:
                    with pytest.raises(CrashError):
                        write(db, sink, (), turn=True, crash=True)
                    sink = city(db, clock, HOURLY)
                with transaction(db):
                    sink.idle(caught_up=True)
    clock[0] = max(clock[0], BEGIN + 150 * HOUR)
    settle(db, sink)
    found = content(folder, db)
    db.close()
    for have, want in zip(found, wanted, strict=True):
        assert (have - want, want - have) == (set(), set())
