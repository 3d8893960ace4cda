"""`citylora readings`: the embedded store, newest first, filtered, in three forms."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result

from gateways import rfc3339
from ingest import data_dir, readings
from ingest.cli import main
from ingest.decoding.point import Point
from ingest.sinks.point_tables import settle, tables
from ingest.sinks.store import StoreSink
from ingest.sqlite import rollback, transaction
from tests.fakes.older import make_older_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SHOWN = ["dev_eui", "site", "quantity", "channel", "value", "unit", "at", "received_at", "time_source", "quality"]
KEYS = [*SHOWN, "doubtful", "derived"]
START = rfc3339.parse("2026-11-22T00:00:00Z")
MINUTE = 60_000_000_000
DEVICES = 30
ROUNDS = 10


def _points() -> list[Point]:
    """Each minute one uplink of each device, one after the other by a second; two channels of soil."""
    points = []
    for number in range(ROUNDS * DEVICES):
        device = number % DEVICES
        at = START + number // DEVICES * MINUTE + device * 1_000_000_000
        tags = (f"{device:016x}", f"site-{device % 3}", "Hải Châu", "m")
        more = (at, at + 5, "gateway", "ok")
        points.append(Point("environment", (*tags, "0"), (("air_temperature", 20.5), ("humidity", 60.0)), *more))
        points.append(Point("water", (*tags, "2"), (("water_level", number / 100),), *more))
        points.append(Point("radio", (*tags, "gateway-1"), (("rssi", -90.0), ("f_cnt", float(number))), *more))
    return points


def _rolled_up() -> list[Point]:
    """Two hours and their day at one site, and what the map shows of it."""
    at = ("site-1", "Hải Châu")
    level = (("water_level_mean", 1.5), ("water_level_count", 4.0), ("water_level_coverage", 1.0), ("flood", 2.0))
    return [
        Point("water_1h", (*at, "2"), level, START),
        Point("water_1h", (*at, "2"), level, START + 60 * MINUTE),
        Point("environment_1h", (*at, "0"), (("humidity_max", 60.0),), START),
        Point("water_1d", (*at, "2"), level, START - 17 * 60 * MINUTE),
        Point("station", at, (("worst", 1.0),), START),
    ]


@pytest.fixture(scope="module", params=["recent", "half of it settled", "settled", "older"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data")
    db = data_dir.open_consumer(path, "store")
    with transaction(db):
        sink = StoreSink(db)
        sink.write(_points())
        sink.write_derived(_rolled_up())
        if request.param != "recent":
            times = sorted(time for (time,) in db.execute("SELECT time FROM recent"))
            settle(db, times[len(times) // 2] if request.param == "half of it settled" else times[-1] + 1)
    db.close()
    if request.param == "older":
        make_older_store(data_dir.consumer_file(path, "store"))
    return path


def _run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["readings", "--data", str(folder), *arguments])


def _json(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    done = _run(folder, *arguments, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_json_is_everything_newest_first_with_exactly_the_promised_keys(folder: Path) -> None:
    found = _json(folder)
    assert len(found) == 5 * ROUNDS * DEVICES
    assert all(list(one) == KEYS for one in found)
    times = [rfc3339.parse(one["at"]) for one in found]
    assert times == sorted(times, reverse=True)
    level = next(one for one in found if one["quantity"] == "water_level")  # of a model that nobody knows
    assert level == {
        "dev_eui": "000000000000001d",
        "site": "site-2",
        "quantity": "water_level",
        "channel": 2,
        "value": 2.99,
        "unit": "m",
        "at": "2026-11-22T00:09:29Z",
        "received_at": "2026-11-22T00:09:29.000000005Z",
        "time_source": "gateway",
        "quality": "ok",
        "doubtful": False,
        "derived": True,
    }
    radio = next(one for one in found if one["quantity"] == "rssi")
    assert (radio["channel"], radio["value"], radio["unit"]) == (0, -90.0, "dBm")


def test_what_is_doubted_and_what_was_worked_out_say_so(tmp_path: Path) -> None:
    """A station that measures its dew point, and one whose dew point follows from temperature and humidity."""
    fields = (("air_temperature_suspect", 60.0), ("dew_point", 20.0), ("rain_suspect", 4.0))
    models = ("decentlab/dl_cws", "milesight/em300_th")
    tags = [("000000000000001d", "site-1", "Hải Châu", model, "0") for model in models]
    db = data_dir.open_consumer(tmp_path, "store")
    with transaction(db):
        StoreSink(db).write([Point("environment", one, fields, START + place) for place, one in enumerate(tags)])
    db.close()
    found = [(one["quantity"], one["unit"], one["doubtful"], one["derived"]) for one in _json(tmp_path)]
    assert found == [
        ("air_temperature_suspect", "°C", True, False),
        ("dew_point", "°C", False, True),
        ("rain_suspect", "mm", True, True),
        ("air_temperature_suspect", "°C", True, False),
        ("dew_point", "°C", False, False),
        ("rain_suspect", "mm", True, True),
    ]
    notes = [line.partition("ok")[2].strip() for line in _run(tmp_path).stdout.splitlines()[1:]]
    assert notes == ["doubtful", "derived", "doubtful derived", "doubtful", "", "doubtful derived"]
    last = _run(tmp_path, "--csv", "--limit", "1").stdout.splitlines()[-1]
    assert last.endswith(",ok,1,0")


def test_roll_ups_are_shown_where_they_are_asked_for(folder: Path) -> None:
    hours = _json(folder, "--rollup", "hour", "--quantity", "water_level")
    assert [one["quantity"] for one in hours] == ["water_level_mean", "water_level_count", "water_level_coverage"] * 2
    assert hours[3] == {
        "dev_eui": "",
        "site": "site-1",
        "quantity": "water_level_mean",
        "channel": 2,
        "value": 1.5,
        "unit": "m",
        "at": "2026-11-22T00:00:00Z",
        "received_at": "",
        "time_source": "",
        "quality": "ok",
        "doubtful": False,
        "derived": False,
    }
    assert [one["unit"] for one in hours[:3]] == ["m", "", ""]
    days = _json(folder, "--rollup", "day", "--site", "site-1")
    assert [(one["quantity"], one["at"]) for one in days][::3] == [
        ("water_level_mean", "2026-11-21T07:00:00Z"),
        ("flood", "2026-11-21T07:00:00Z"),
    ]
    assert len(_json(folder, "--rollup", "hour")) == 9
    assert _json(folder, "--rollup", "hour", "--site", "site-2") == []
    assert len(_json(folder, "--quantity", "water_level")) == ROUNDS * DEVICES
    refused = _run(folder, "--rollup", "day", "--device", "000000000000001d")
    assert refused.exit_code == 2
    assert "give --site" in refused.stderr


@pytest.mark.parametrize("page", [1, 3, 1000])
def test_the_merge_is_right_whatever_its_pages(folder: Path, monkeypatch: pytest.MonkeyPatch, page: int) -> None:
    whole = list(readings.read(folder, readings.Wanted(), pytest.fail))
    monkeypatch.setattr(readings, "PAGE", (page, page))
    assert list(readings.read(folder, readings.Wanted(), pytest.fail)) == whole
    expected = sorted(
        ((point.time, point.tags[0], name, value) for point in _points() for name, value in point.fields), reverse=True
    )
    assert sorted(((one.at, one.dev_eui, one.quantity, one.value) for one in whole), reverse=True) == expected


def test_filters(folder: Path) -> None:
    assert {one["dev_eui"] for one in _json(folder, "--device", "00-00-00-00-00-00-00-1D")} == {"000000000000001d"}
    assert len(_json(folder, "--site", "site-1")) == 5 * ROUNDS * DEVICES // 3
    assert {one["quantity"] for one in _json(folder, "--quantity", "humidity")} == {"humidity"}
    assert len(_json(folder, "--quantity", "humidity")) == ROUNDS * DEVICES
    minute = _json(
        folder, "--since", "2026-11-22T07:02:00+07:00", "--until", "2026-11-22T00:03:00Z", "--quantity", "f_cnt"
    )
    assert [one["value"] for one in minute] == [float(number) for number in range(3 * DEVICES - 1, 2 * DEVICES - 1, -1)]
    assert [one["value"] for one in _json(folder, "--quantity", "f_cnt", "--limit", "2")] == [299.0, 298.0]
    assert _json(folder, "--site", "nowhere") == []


def test_since_takes_how_long_ago(tmp_path: Path) -> None:
    db = data_dir.open_consumer(tmp_path, "store")
    tags = ("02c1710000000001", "s", "w", "m", "0")
    now = time.time_ns()
    ages = (10, 90, 200)
    with transaction(db):
        StoreSink(db).write([Point("water", tags, (("water_level", float(age)),), now - age * MINUTE) for age in ages])
    db.close()
    assert [one["value"] for one in _json(tmp_path, "--since", "2h")] == [10.0, 90.0]
    assert [one["value"] for one in _json(tmp_path, "--since", "1d", "--until", "30m")] == [90.0, 200.0]


@pytest.mark.parametrize(
    "arguments", [("--since", "99999999999d"), ("--since", "9999w", "--limit", "9" * 23), ("--limit", "9" * 23)]
)
def test_a_number_beyond_everything_is_everything(folder: Path, arguments: tuple[str, ...]) -> None:
    assert len(_json(folder, *arguments)) == 5 * ROUNDS * DEVICES
    assert len(_run(folder, *arguments).stdout.splitlines()) > 100
    assert _json(folder, "--until", "99999999999d") == []


def test_csv_has_a_header_and_everything(folder: Path) -> None:
    done = _run(folder, "--csv", "--quantity", "water_level")
    header, *rows = csv.reader(io.StringIO(done.stdout))
    assert header == KEYS
    assert len(rows) == ROUNDS * DEVICES
    assert rows[0][:6] == ["000000000000001d", "site-2", "water_level", "2", "2.99", "m"]


def test_a_table_is_cut_and_says_so(folder: Path) -> None:
    done = _run(folder)
    header, *rows = done.stdout.splitlines()
    assert header.split() == [*(key.upper() for key in SHOWN), "NOTE"]
    assert len(rows) == 100
    assert done.stderr == "the newest 100; --limit gives more, --csv and --json give all\n"
    assert _run(folder, "--limit", "5000").stderr == ""
    assert _run(folder, "--site", "nowhere").stderr == "no readings match\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--device", "12"), "16 hex digits"),
        (("--quantity", "air_temp"), "did you mean air_temperature?"),
        (("--since", "yesterday"), "how long ago"),
        (("--since", "2026-02-30"), "how long ago"),
        (("--since", "9" * 400 + "d"), "how long ago"),
        (("--limit", "9" * 5000), "not a valid integer"),
        (("--since", "2026-11-22T00:00:00"), "2026-11-22T07:30:00+07:00"),
        (("--limit", "0"), "x>=1"),
        (("--csv", "--json"), "exclude"),
    ],
)
def test_a_wrong_option_is_refused_with_the_right_form(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    done = _run(folder, *arguments)
    assert done.exit_code == 2
    assert words in done.stdout + done.stderr


def test_a_directory_without_a_store_is_refused(tmp_path: Path) -> None:
    done = _run(tmp_path, "--csv")
    assert (done.exit_code, done.stdout) == (4, "")
    assert "no embedded store" in done.stderr


def test_it_reads_while_the_worker_writes(folder: Path) -> None:
    db = data_dir.open_consumer(folder, "store")
    try:
        db.execute("BEGIN IMMEDIATE")
        for table in tables(db):
            db.execute(f"UPDATE {table} SET quality = 'changed'")  # noqa: S608
        assert {one["quality"] for one in _json(folder, "--limit", "50")} == {"ok"}
    finally:
        rollback(db)
        db.close()


def _odd_store(path: Path) -> None:
    """Three readings that are none, as a decoder of somebody's own once gave them, among two that are."""
    db = data_dir.open_consumer(path, "store")
    tags = ("02c1710000000001", "s", "w", "m")
    with transaction(db):
        sink = StoreSink(db)
        for number, (channel, fields) in enumerate(
            [("0", {"humidity": 50.0}), ("a b", {"humidity": 1.0}), ("0", {"humidity": True, "co2": 400.0})]
        ):
            more = (START + number * MINUTE, START, "gateway", "ok")
            sink.write([Point("environment", (*tags, channel), tuple(fields.items()), *more)])
        db.execute("UPDATE recent SET fields = 'no json' WHERE time = ?", (START + MINUTE,))
    db.close()


def test_a_row_that_is_odd_is_left_out_and_told(tmp_path: Path) -> None:
    _odd_store(tmp_path)
    done = _run(tmp_path, "--json")
    assert done.exit_code == 0
    assert [(one["quantity"], one["value"]) for one in json.loads(done.stdout)] == [("co2", 400.0), ("humidity", 50.0)]
    first, second = done.stderr.splitlines()
    where = "environment of 02c1710000000001 at 2026-11-22T00:02:00Z"
    assert first == f"left out as no reading (2); the first: {where}: humidity is True"
    assert second == "a decoder of before wrote it: `citylora replay` mends what the journal still has"
    assert "its channel is 'a b'" not in _run(tmp_path, "--json", "--since", "2026-11-22T00:02:00Z").stderr
    told = _run(tmp_path, "--csv", "--until", "2026-11-22T00:02:00Z").stderr
    assert "its channel is 'a b'" in told


def test_a_replay_reads_a_row_that_is_odd_as_one_without_that_value(tmp_path: Path) -> None:
    _odd_store(tmp_path)
    db = data_dir.open_consumer(tmp_path, "store")
    try:
        (row,) = StoreSink(db).rows(START + 2 * MINUTE, START + 3 * MINUTE, "")
    finally:
        db.close()
    assert row.fields == (("co2", 400.0),)


def test_json_stays_one_value_where_the_rest_of_the_file_is_damaged(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = readings._merged

    def breaks(*arguments: Any) -> Iterator[Any]:
        yield from islice(rows(*arguments), 1)
        raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr(readings, "_merged", breaks)
    done = _run(folder, "--json")
    assert done.exit_code == 4
    assert isinstance(json.loads(done.stdout), list | dict)
    assert "malformed" in done.stdout + done.stderr
