"""What the demo shows of the store: the newest readings of each domain, and how many there are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from decoders.quantities import QUANTITIES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

# The last rows lie by time; those of a demo are all among them for minutes.
_NEWEST = """
    SELECT site, ward, max(time) AS newest, fields FROM recent JOIN series ON id = series
    WHERE measurement = ? GROUP BY series ORDER BY newest DESC LIMIT ?
"""
_COUNTS = """
    SELECT measurement, total((SELECT count(*) FROM json_each(fields)))
    FROM point JOIN series ON series.id = point.series
    WHERE received_at >= ? AND measurement <> 'radio' GROUP BY measurement
    ORDER BY measurement = 'device', measurement
"""
_CHANNELS = 4  # of one device, at most


class Shown(NamedTuple):
    """One reading, in words."""

    domain: str
    site: str
    ward: str
    quantity: str
    value: str
    unit: str


def newest(db: sqlite3.Connection, domains: Sequence[str], limit: int) -> list[Shown]:
    """The newest readings of each domain, at most `limit` of each and one of a site, newest first."""
    return [shown for domain in domains for shown in _newest(db, domain, limit)]


def counts(db: sqlite3.Connection, since: int) -> dict[str, int]:
    """Readings by domain of what was received at or after `since` (ns UTC)."""
    return {domain: int(count) for domain, count in db.execute(_COUNTS, (since,))}


def _newest(db: sqlite3.Connection, domain: str, limit: int) -> list[Shown]:
    sites: dict[str, list[tuple[str, int, dict[str, float]]]] = {}
    for site, ward, time, fields in db.execute(_NEWEST, (domain, limit * _CHANNELS)):
        sites.setdefault(site, []).append((ward, time, json.loads(fields)))
    # Of a site's channels (lanes, lines) one that has something to tell.
    busiest = {site: max(rows, key=lambda row: any(row[2].values())) for site, rows in sites.items()}
    return [_shown(domain, site, *row) for site, row in list(busiest.items())[:limit]]


def _shown(domain: str, site: str, ward: str, time: int, fields: dict[str, float]) -> Shown:
    """One of the row's fields: another one from row to row, and one that is not zero where there is one."""
    names = [name for name, value in fields.items() if value] or list(fields)
    name = names[time // 1_000_000 % len(names)]
    quantity, value = QUANTITIES[name], fields[name]
    label = quantity.states.get(int(value))
    text = label.en if label else f"{value:,.2f}".rstrip("0").rstrip(".")
    return Shown(domain, site, ward, quantity.label.en, text, quantity.unit)
