"""How many events of each kind a sink has: each kind has rows of its own."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers import Database

ROWS = {
    "up": ("radio", "f_cnt"),
    "status": ("device", "margin"),
    "location": ("device", "latitude"),
    "stats": ("gateway", "rx_received"),
    "conn": ("gateway", "online"),
}
"""Measurement, and a field that only this kind has in it."""

SPOKEN = ("join", "ack", "txack", "log")
"""The kinds of `lns_event`, by its tag."""

_COUNT = """
    SELECT count(*) FROM point JOIN series ON id = series
    WHERE measurement = ? AND part LIKE ? AND json_extract(fields, '$.' || ?) IS NOT NULL
"""


def in_influxdb(database: Database) -> Counter[str]:
    """Of a database."""
    counted = {kind: database.count(*place) for kind, place in ROWS.items()}
    return Counter(counted | {kind: database.count("lns_event", "count", f"kind = '{kind}'") for kind in SPOKEN})


def in_store(path: Path) -> Counter[str]:
    """Of the store's file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:

        def count(measurement: str, field: str, part: str = "%") -> int:
            return int(db.execute(_COUNT, (measurement, part, field)).fetchone()[0])

        counted = {kind: count(*place) for kind, place in ROWS.items()}
        return Counter(counted | {kind: count("lns_event", "count", f"{kind} %") for kind in SPOKEN})
