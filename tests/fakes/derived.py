"""Rows of the second log for tests, and the log itself with nobody behind it who makes them."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from ingest import data_dir
from ingest.decoding.point import Point
from ingest.rollup.derived_log import append
from ingest.sqlite import transaction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOUR = 3_600_000_000_000
START = 1_790_000_000_000_000_000 // HOUR * HOUR


def hour(number: int, site: str = "cau-rong", **fields: float) -> Point:
    """A row of `water_1h`."""
    values = fields or {"water_level_mean": float(number), "water_level_count": 4.0}
    return Point("water_1h", (site, "hai-chau", "0"), tuple(values.items()), START + number * HOUR, START)


def state(number: int, site: str = "cau-rong") -> Point:
    """A row of `station`."""
    return Point("station", (site, "hai-chau"), (("worst", float(number)),), START + number * HOUR, START)


def log(folder: Path, *blocks: Sequence[Point], at: int = START) -> None:
    """Append blocks to the log of a data directory."""
    with closing(data_dir.open_consumer(folder, "rollup")) as db, transaction(db):
        for points in blocks:
            append(db, points, at)
