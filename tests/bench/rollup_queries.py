"""What dashboards ask of a year: of roll-ups, and of the rows that they were made of, in InfluxDB and in the store.

The city has `SITES` sites with one device each, four quantities every quarter of an hour. Roll-ups of a whole year are
there; of the rows themselves a whole month, and a year of one site: a year of all is ten million rows.
"""

from __future__ import annotations

import math
import statistics
import time
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ingest import data_dir
from ingest.decoding.point import Point
from ingest.readings import Wanted, read
from ingest.sinks.influxdb import InfluxSink
from ingest.sinks.settings import InfluxSettings, rollups
from ingest.sinks.store import StoreSink
from ingest.sqlite import transaction
from tests.servers import InfluxDB

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ingest.ports import Sink
    from tests.bench.options import Options, Result

SITES = 300
STORED_SITES = 20
"""Sites of the store: it finds a site's series by an index, so that the others cost nothing."""

SITE = "site-007"
WARDS = 20
DAYS = 365
RAW_DAYS = 30
QUANTITIES = ("air_temperature", "humidity", "pm2_5", "sound_average")
PARTS = ("mean", "min", "max", "p95", "count", "coverage")
TIMES = 7
"""How often each question is asked; the first answer is shown apart."""

DATABASE = "city"
BATCH = 5_000

_SECOND = 1_000_000_000
_DAY = 86_400 * _SECOND
_HOUR = 3_600 * _SECOND
_QUARTER = 900 * _SECOND
END = 1_790_000_000 * _SECOND // _DAY * _DAY
START = END - DAYS * _DAY
MONTH = END - RAW_DAYS * _DAY


class Select(NamedTuple):
    """A statement of InfluxQL.

    Attributes:
        group: by time or tag; "" by nothing.
        site: of the one site only.
    """

    fields: str
    measurement: str
    since: int
    group: str = ""
    site: bool = False

    def __str__(self) -> str:
        site = f" AND \"site\" = '{SITE}'" if self.site else ""
        group = f" GROUP BY {self.group}" if self.group else ""
        times = f"time >= {self.since} AND time < {END}"
        return f'SELECT {self.fields} FROM "{self.measurement}" WHERE {times}{site}{group}'  # noqa: S608 -- a bench asks its own server


class Question(NamedTuple):
    """The same question of roll-ups and of rows; None where the rows are not there."""

    words: str
    of_rollups: Select
    of_rows: Select | None = None


QUESTIONS = (
    Question(
        "30 d, one site, by the hour",
        Select("pm2_5_mean", "environment_1h", MONTH, site=True),
        Select("mean(pm2_5)", "environment", MONTH, "time(1h)", site=True),
    ),
    Question(
        "30 d, every site, highest",
        Select("max(pm2_5_max)", "environment_1d", MONTH, "site"),
        Select("max(pm2_5)", "environment", MONTH, "site"),
    ),
    Question(
        "30 d, wards by the day",
        Select("mean(pm2_5_mean)", "environment_1d", MONTH, "time(1d), ward"),
        Select("mean(pm2_5)", "environment", MONTH, "time(1d), ward"),
    ),
    Question(
        "1 y, one site, by the day",
        Select("pm2_5_mean, pm2_5_max", "environment_1d", START, site=True),
        Select("mean(pm2_5), max(pm2_5)", "environment", START, "time(1d)", site=True),
    ),
    Question(
        "1 y, one site, by the hour",
        Select("pm2_5_mean", "environment_1h", START, site=True),
        Select("mean(pm2_5)", "environment", START, "time(1h)", site=True),
    ),
    Question(
        "1 y, wards by 30 days",
        Select("mean(pm2_5_mean)", "environment_1d", START, "time(30d), ward"),
    ),
    Question(
        "1 y, every site, 98th percentile of days",
        Select("percentile(pm2_5_mean, 98)", "environment_1d", START, "site"),
    ),
)


def rollup_queries(options: Options) -> Result:
    """Fill, ask, and show milliseconds."""
    with options.scratch() as folder:
        with InfluxDB(folder / "influxdb") as server:
            filled = _fill_influxdb(server)
            answers = [_asked(server, question) for question in QUESTIONS]
        stored, readings = _of_the_store(folder / "data")
    return {"sites": SITES, **filled, **stored, "milliseconds, InfluxDB": answers, "milliseconds, store": readings}


def _fill_influxdb(server: InfluxDB) -> dict[str, float]:
    settings = InfluxSettings(url=server.url, database=DATABASE, timeout=120.0)
    made: dict[str, float] = {}
    for name, of, rows in (
        ("rolled up", rollups(settings), _rolled_up(SITES)),
        ("raw", settings, _raw(SITES)),
    ):
        sink = InfluxSink(of)
        seconds = _write(sink, rows)
        made[f"rows, {name}"] = sink.accepted
        made[f"seconds to write, {name}"] = round(seconds, 1)
        sink.close()
    return made


def _write(
    sink: Sink, rows: Iterator[Point], around: Callable[[Callable[[], None]], None] = lambda work: work()
) -> float:
    """Write batch by batch; the seconds that the sink took."""
    seconds = 0.0
    while batch := list(islice(rows, BATCH)):

        def write(batch: list[Point] = batch) -> None:
            assert not sink.write(batch)

        began = time.monotonic()
        around(write)
        seconds += time.monotonic() - began
    return seconds


def _asked(server: InfluxDB, question: Question) -> dict[str, object]:
    of_rollups = _milliseconds(lambda: server.query(str(question.of_rollups), f"{DATABASE}_rollup"))
    if question.of_rows is None:
        return {"question": question.words, **_shown("roll-ups", of_rollups), "rows, first": "", "rows": ""}
    of_rows = _milliseconds(lambda: server.query(str(question.of_rows), DATABASE))
    return {"question": question.words, **_shown("roll-ups", of_rollups), **_shown("rows", of_rows)}


def _of_the_store(folder: Path) -> tuple[dict[str, float], list[dict[str, object]]]:
    """The same of the embedded store, as `citylora readings` reads it."""
    data_dir.make(folder)
    with closing(data_dir.open_consumer(folder, "store")) as db:
        sink = StoreSink(db)

        def around(work: Callable[[], None]) -> None:
            with transaction(db):
                work()

        for rows in (_rolled_up(STORED_SITES), _raw(STORED_SITES)):
            _write(sink, rows, around)
        made = {"rows, store": float(sink.accepted)}
    asked: list[dict[str, object]] = []
    for words, since, span in (
        ("30 d, one site, by the hour", MONTH, "1h"),
        ("1 y, one site, by the day", START, "1d"),
    ):
        of_rollups = _milliseconds(lambda since=since, span=span: _readings(folder, since, span))  # type: ignore[misc]
        of_rows = _milliseconds(lambda since=since: _readings(folder, since, ""))  # type: ignore[misc]
        asked.append({"question": words, **_shown("roll-ups", of_rollups), **_shown("rows", of_rows)})
    return made, asked


def _readings(folder: Path, since: int, span: str) -> object:
    wanted = Wanted(site=SITE, quantity="pm2_5", since=since, until=END, rollup=span)
    return sum(1 for _ in read(folder, wanted, _never))


def _never(what: str) -> None:
    raise AssertionError(what)


def _milliseconds(ask: Callable[[], object]) -> list[float]:
    found = []
    for _ in range(TIMES):
        began = time.monotonic()
        assert ask()
        found.append((time.monotonic() - began) * 1000)
    return found


def _shown(name: str, milliseconds: list[float]) -> dict[str, float]:
    return {f"{name}, first": round(milliseconds[0], 1), name: round(statistics.median(milliseconds[1:]), 1)}


def _rolled_up(sites: int) -> Iterator[Point]:
    """Hours and days, day by day: as they come to be."""
    fields = [f"{quantity}_{part}" for quantity in QUANTITIES for part in PARTS]
    for day in range(START, END, _DAY):
        for start, span in [(day + hour * _HOUR, "1h") for hour in range(24)] + [(day, "1d")]:
            for site in range(sites):
                value = _value(site, start)
                tags = (f"site-{site:03}", f"ward-{site % WARDS:02}", "0")
                named = tuple([(name, value + place) for place, name in enumerate(fields)])
                yield Point(f"environment_{span}", tags, named, start)


def _raw(sites: int) -> Iterator[Point]:
    """A month of every site, and what is before of the one that is asked for."""
    for at in range(START, END, _QUARTER):
        for site in range(sites) if at >= MONTH else (7,):
            tags = (f"{site:016x}", f"site-{site:03}", f"ward-{site % WARDS:02}", "acme/air", "0")
            value = _value(site, at)
            fields = tuple([(name, value + place) for place, name in enumerate(QUANTITIES)])
            yield Point("environment", tags, fields, at + site, at + site, "gateway")


def _value(site: int, at: int) -> float:
    """Something that changes from hour to hour as the weather does, to two decimals."""
    return round(20 + 10 * math.sin(at / _DAY * 6.28 + site) + (at // _QUARTER * 7919 + site * 31) % 97 / 50, 2)
