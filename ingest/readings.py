"""Reading the embedded store while its worker writes: newest first, without ever holding the file for long.

The last rows lie by time, and are read at once. Those before lie by series and time (`sinks.point_tables`): a series is
one device's measurement and channel, so "the newest of everything" is a merge of the newest of each series: one seek
for each, then rows only as they are asked for.
"""

from __future__ import annotations

import heapq
import sqlite3
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from decoders.quantities import QUANTITIES
from gateways.rfc3339 import render
from ingest.data_dir import consumer_file, read_consumer
from ingest.decoding.point import FIELDS, OF_EVENTS, OF_ROLLUPS, SUSPECT
from ingest.errors import DataDirError
from ingest.sinks.point_tables import border, tables
from ingest.sqlite import damaged, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

PARTS = ("mean", "min", "max", "p95", "total")
"""What the field of a roll-up ends in, after the quantity's name and `_`, where its unit is the quantity's."""

BARE_PARTS = ("count", "coverage")
"""And where it has none."""

HELD = 200_000
"""Rows in memory at most, over all series."""

PAGE = (4, 1_000)
"""Rows of a series read at once, at least and at most."""

EVER = (-(1 << 63), (1 << 63) - 1)

_UNITS = {name: unit for fields in FIELDS.values() for name, unit in fields.items()}
"""The units of what is no quantity of a sensor."""

_values = msgspec.json.Decoder(dict[str, float | str]).decode
_anything = msgspec.json.Decoder(dict[str, object]).decode

_WANTED = """
    (dev_eui = :device OR :device IS NULL) AND (site = :site OR :site IS NULL)
        AND instr(:measurements, ' ' || measurement || ' ')
"""
_SERIES = f"""
    SELECT id, measurement, dev_eui, site, model, part,
        (SELECT max(time) FROM {{table}} WHERE series = id AND time >= :since AND time < :until) AS newest
    FROM series WHERE {_WANTED} AND newest IS NOT NULL
"""  # noqa: S608  (our own words)
_RECENT = f"""
    SELECT id, measurement, dev_eui, site, model, part, time, received_at, time_source, quality, fields
    FROM recent JOIN series ON id = series WHERE time >= :since AND time < :until AND {_WANTED} ORDER BY time DESC
"""  # noqa: S608
_PAGE = """
    SELECT time, received_at, time_source, quality, fields FROM {table}
    WHERE series = ? AND time >= ? AND time <= ? ORDER BY time DESC LIMIT ?
"""
_NEXT = "SELECT max(time) FROM {table} WHERE series = ? AND time >= ? AND time < ?"


class Wanted(NamedTuple):
    """What to read; None is everything.

    Attributes:
        since: ns UTC, included.
        until: ns UTC, not included.
        rollup: hours (`1h`) or days (`1d`) of sites; "": what devices sent.
    """

    device: str | None = None
    site: str | None = None
    quantity: str | None = None
    since: int = EVER[0]
    until: int = EVER[1]
    rollup: str = ""


class Reading(NamedTuple):
    """One value of the store.

    Attributes:
        channel: 0 where the device has one of a thing, and for the radio.
        dev_eui: "" of a roll-up.
        at: when it was measured, of a roll-up the start of its span, ns UTC; `received_at` when the network had it,
            of a roll-up 0.
        time_source: whose clock `at` is.
        model: of the device, as its rows are tagged; "" of a roll-up.
    """

    dev_eui: str
    site: str
    quantity: str
    channel: int
    value: float | str
    unit: str
    at: int
    received_at: int
    time_source: str
    quality: str
    model: str = ""


class _Series(NamedTuple):
    number: int
    measurement: str
    dev_eui: str
    site: str
    model: str
    part: str
    newest: int


class _Row(NamedTuple):
    time: int
    received_at: int
    time_source: str
    quality: str
    fields: str


def known_quantities() -> list[str]:
    """Every name that a reading can have, but for the suspect ones."""
    return sorted({*QUANTITIES, *_UNITS})


def unit(quantity: str) -> str:
    """The unit of a reading or of a roll-up's field; "" where it has none."""
    quantity = quantity.removesuffix(SUSPECT)
    of, _, part = quantity.rpartition("_")
    if part in PARTS and of in QUANTITIES and quantity not in QUANTITIES:
        quantity = of
    return QUANTITIES[quantity].unit if quantity in QUANTITIES else _UNITS.get(quantity, "")


def read(folder: Path, wanted: Wanted, on_odd: Callable[[str], None]) -> Iterator[Reading]:
    """The readings of the store, newest first.

    Args:
        folder: the data directory.
        wanted: which.
        on_odd: told which value or row is left out because no sink writes such a one, once for each.

    Raises:
        DataDirError: there is no store, or it cannot be read.
    """
    path = consumer_file(folder, "store")
    if not path.is_file():
        raise DataDirError(
            f"there is no embedded store in {folder}",
            "correct -c or --data; [sinks.store] enabled = true keeps readings here, or ask your InfluxDB",
        )
    return _all(read_consumer(folder, "store"), path, wanted, on_odd)


def _all(db: sqlite3.Connection, path: Path, wanted: Wanted, on_odd: Callable[[str], None]) -> Iterator[Reading]:
    try:
        for series, row in _newest_first(db, wanted):
            yield from _readings(series, row, wanted.quantity, on_odd)
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    finally:
        db.close()


def _newest_first(db: sqlite3.Connection, wanted: Wanted) -> Iterator[tuple[_Series, _Row]]:
    """The last rows, as they lie, then the others: both as of now, whatever settles meanwhile."""
    parameters = {**wanted._asdict(), "measurements": f" {' '.join(_measurements(wanted))} "}
    table, *recent = tables(db)
    if recent:
        with transaction(db):
            limit = border(db)
            rows = db.execute(_RECENT, parameters).fetchall() if wanted.until > limit else []
        parameters["until"] = min(wanted.until, limit)
        yield from ((_Series._make(row[:7]), _Row._make(row[6:])) for row in rows)
    yield from _merged(db, table, parameters, wanted.since)


def _merged(
    db: sqlite3.Connection, table: str, parameters: dict[str, object], since: int
) -> Iterator[tuple[_Series, _Row]]:
    """Merge the series: the one whose next row is the newest gives it."""
    found = db.execute(_SERIES.format(table=table), parameters).fetchall()
    heads = [(-row[-1], place, _Series(*row)) for place, row in enumerate(found)]
    heapq.heapify(heads)
    page = max(PAGE[0], min(PAGE[1], HELD // max(1, len(heads))))
    waiting: dict[int, list[_Row]] = {}
    while heads:
        newest, place, series = heads[0]
        rows = waiting.get(place)
        if not rows:
            found = db.execute(_PAGE.format(table=table), (series.number, since, -newest, page)).fetchall()
            rows = waiting[place] = [_Row(*row) for row in reversed(found)]
        yield series, rows.pop()
        following = rows[-1].time if rows else _next(db, table, (series.number, since, -newest))
        if following is None:
            heapq.heappop(heads)
            del waiting[place]
        else:
            heapq.heapreplace(heads, (-following, place, series))


def _next(db: sqlite3.Connection, table: str, asked: tuple[int, int, int]) -> int | None:
    """The time of the newest row of a series, from one time on, before another."""
    found: tuple[int | None] = db.execute(_NEXT.format(table=table), asked).fetchone()
    return found[0]


def _measurements(wanted: Wanted) -> Collection[str]:
    """Where what is wanted can stand."""
    name = (wanted.quantity or "").removesuffix(SUSPECT)
    domains = [QUANTITIES[name].domain] if name in QUANTITIES else []
    if wanted.rollup:
        every = [measurement for measurement in OF_ROLLUPS if measurement.endswith(f"_{wanted.rollup}")]
        return [f"{domain}_{wanted.rollup}" for domain in domains] or every
    return [measurement for measurement, fields in FIELDS.items() if name in fields] + domains or OF_EVENTS


def _is(field: str, quantity: str | None) -> bool:
    """Whether a field is asked for; of a roll-up everything that is said of the quantity."""
    if quantity in (None, field):
        return True
    of, _, part = field.rpartition("_")
    return of == quantity and part in (*PARTS, *BARE_PARTS)


def _readings(series: _Series, row: _Row, quantity: str | None, on_odd: Callable[[str], None]) -> Iterator[Reading]:
    def odd(what: str) -> None:
        on_odd(f"{series.measurement} of {series.dev_eui} at {render(row.time)}: {what}")

    try:
        channel = 0 if series.measurement in FIELDS else int(series.part)
    except ValueError:
        odd(f"its channel is {series.part!r:.40}")
        return
    for name, value in _fields(row.fields, odd).items():
        if _is(name, quantity):
            yield Reading(
                series.dev_eui,
                series.site,
                name,
                channel,
                value,
                unit(name),
                row.time,
                row.received_at,
                row.time_source,
                row.quality,
                series.model,
            )


def _fields(text: str, odd: Callable[[str], None]) -> dict[str, float | str]:
    """The values of a row, without those that are neither number nor text."""
    try:
        return _values(text)
    except msgspec.DecodeError as error:
        fault = error
    try:
        found = _anything(text)
    except msgspec.DecodeError:
        odd(str(fault))
        return {}
    good: dict[str, float | str] = {}
    for name, value in found.items():
        if isinstance(value, float | str) or type(value) is int:
            good[name] = value if isinstance(value, str) else float(value)
        else:
            odd(f"{name} is {value!r:.40}")
    return good
