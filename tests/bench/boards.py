"""How long a board takes in a city of 2,000 devices: all of its queries, over a day and over thirty.

The rows are written as they are stored, not through the pipeline: a week of rows, thirty days of hours, sixty of days.
Each site has one device of one of twelve kinds, which sends each quarter of an hour.
"""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from dashboards import provision
from dashboards.queries import ROLLUPS
from decoders.quantities import QUANTITIES
from tests.dashboards.asked import expanded, questions
from tests.servers import InfluxDB

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.bench.options import Options, Result
    from tests.dashboards.asked import Asked

SITES = 2_000
WARDS = 94
GATEWAYS = 20
DAYS, HOURS_OF, DAYS_OF = 7, 30, 60
"""Days of rows, of hours, and of daily rows."""

DATABASE = "city"
BATCH = 10_000
TIMES = 3
AT_ONCE = 6
"""Requests that a browser has under way to one server."""

_SECOND = 1_000_000_000
_QUARTER, _HOUR, _DAY = 900 * _SECOND, 3_600 * _SECOND, 86_400 * _SECOND

MEASURED = (
    ("environment", ("pm2_5", "pm10", "air_temperature", "humidity", "heat_index")),
    ("environment", ("no2", "o3", "so2", "co")),
    ("environment", ("rain", "wind_speed", "wind_direction", "air_temperature", "humidity", "heat_index")),
    ("environment", ("laeq", "co2")),
    ("traffic", ("vehicle_flow", "vehicle_speed", "road_occupancy", "queue_length")),
    ("traffic", ("object_flow",)),
    ("traffic", ("people_in_count", "people_out_count")),
    ("water", ("water_level", "water_rise")),
    ("water", ("water_depth",)),
    ("water", ("ph", "dissolved_oxygen", "turbidity", "conductivity", "salinity", "chloride")),
    ("water", ("leak", "meter_leak", "burst")),
    ("assets", ("fill_level",)),
)
"""What a device measures; they take turns."""

_CLASSES = ("car", "truck", "bus", "motorcycle", "bicycle", "vehicle", "object", "people_in")
MEANT = {
    "environment": ("vn_aqi", "vn_aqi_class"),
    "traffic": tuple(f"{name}_count_total" for name in _CLASSES),
    "water": ("water_level_max", "flood_offset", "water_used_total"),
}
"""What hours and days have beside what their own kind measures."""

OF_SPAN = {"gauge": "mean", "event_count": "total", "state": "max"}
"""What boards read of it, by the kind of the quantity."""

STATION = (
    "state", "cause", "latitude", "longitude", "vn_aqi", "flood_level", "flood_offset", "water_level", "street_flood",
    "rain_1h", "parking_occupancy", "parking_taken", "parking_places",
)  # fmt: skip


class Timed(NamedTuple):
    """How long a board took.

    Attributes:
        first, median: s for all of its queries over a day, one after the other.
        together: s for all of them, six at a time, as a browser asks; the median.
        week, month: the same with 7 and with 30 days above the board.
        slowest: the panel that took longest over a day.
    """

    board: str
    queries: int
    first: float
    median: float
    together: float
    week: float
    month: float
    slowest: str
    slowest_ms: float


def boards(options: Options) -> Result:
    """Seconds a board, first and again, and its slowest panel."""
    with options.scratch() as folder, InfluxDB(folder / "influxdb") as server:
        end = time.time_ns() // _QUARTER * _QUARTER
        rows = {
            DATABASE: _write(server, DATABASE, _rows(end)),
            f"{DATABASE}_rollup": _write(server, f"{DATABASE}_rollup", _rolled_up(end)),
        }
        timed = [_timed(server, name, end + _QUARTER) for name in provision.names() if name != "pipeline"]
    return {**rows, "boards": [one._asdict() for one in timed]}


def _timed(server: InfluxDB, board: str, until: int) -> Timed:
    own = [one for one in questions() if one.board == board]
    asked = [one.over(_DAY // _SECOND) for one in own]
    took: list[dict[str, float]] = []
    for _ in range(TIMES):
        took.append({})
        for one in asked:
            began = time.monotonic()
            _ask(server, one, until)
            took[-1][one.of] = took[-1].get(one.of, 0.0) + time.monotonic() - began
    day, week, month = (_together(server, [one.over(days * 86_400) for one in own], until) for days in (1, 7, 30))
    last = took[-1]
    slowest = max(last, key=lambda of: last[of])
    totals = [round(sum(one.values()), 2) for one in took]
    first, median, worst = totals[0], statistics.median(totals), round(1000 * last[slowest])
    return Timed(board, len(asked), first, median, day, week, month, slowest, worst)


def _ask(server: InfluxDB, one: Asked, until: int) -> None:
    text = expanded(one, until, {"site": _site_of(one.board)})
    server.query(text, DATABASE + ("_rollup" if one.source == ROLLUPS.uid else ""))


def _together(server: InfluxDB, asked: Sequence[Asked], until: int) -> float:
    return round(statistics.median(_at_once(server, asked, until) for _ in range(TIMES)), 2)


def _at_once(server: InfluxDB, asked: Sequence[Asked], until: int) -> float:
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(_ask, server, one, until) for one in asked]:
            done.result()
    return time.monotonic() - began


def _site_of(board: str) -> str:
    return "site-0042" if board == "site" else ".*"


def _write(server: InfluxDB, database: str, lines: Iterator[str]) -> int:
    server.create_database(database)
    count = 0
    while batch := list(islice(lines, BATCH)):
        server.write(batch, database)
        count += len(batch)
    return count


def _rows(end: int) -> Iterator[str]:
    for at in range(end - DAYS * _DAY, end, _QUARTER):
        for site in range(SITES):
            place, time_ = f"site=site-{site:04},ward=ward-{site % WARDS:02}", at + site * _SECOND // 4
            device = f"dev_eui={site:016x},{place},model=acme/one"
            sf = 7 + (site + at // _QUARTER) % 6
            lost = f",gap_{('radio', 'network', 'unknown')[site % 3]}=1" if (site + at // _QUARTER) % 33 == 0 else ""
            radio = f"f_cnt={at // _QUARTER},rssi=-90,snr=7,sf={sf},airtime=61,gap={float(bool(lost))}{lost}"
            yield f"radio,{device},gateway=gateway-{site % GATEWAYS:02} {radio} {time_}"
            if not at % _HOUR:
                yield f"device,{device},channel=0 battery={50 + site % 50} {time_}"
                yield f"station,{place} {_fields(STATION, site % 4)} {at + site}"
            domain, fields = MEASURED[site % len(MEASURED)]
            yield f"{domain},{device},channel=0 {_fields(fields, 1 + at // _QUARTER % 50)} {time_}"
        for gateway in range(GATEWAYS):
            yield f"gateway,gateway=gateway-{gateway:02} rx_received_ok=100,online=1 {at}"


def _rolled_up(end: int) -> Iterator[str]:
    for days, step, suffix in ((HOURS_OF, _HOUR, "1h"), (DAYS_OF, _DAY, "1d")):
        for at in range((end - days * _DAY) // step * step, end, step):
            for site in range(SITES):
                domain, measured = MEASURED[site % len(MEASURED)]
                own = {f"{name}_{OF_SPAN[QUANTITIES[name].kind]}" for name in measured}
                fields = tuple(sorted(own.union(MEANT.get(domain, ()))))
                tags = f"site=site-{site:04},ward=ward-{site % WARDS:02},channel=0"
                yield f"{domain}_{suffix},{tags} {_fields(fields, at // step % 5)} {at}"


def _fields(names: tuple[str, ...], value: float) -> str:
    return ",".join(f"{name}={value}" for name in names)
