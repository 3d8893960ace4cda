"""Replay after a changed decoder: sinks must end as after a fresh ingest of the same events, row by row; how fast."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

from gateways import rfc3339
from gateways.simulator import City
from ingest.decoding.point import OF_EVENTS, TAGS
from tests.bench.load import SEED
from tests.servers import InfluxDB

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bench.options import Options, Result

START = 1_790_000_000_000_000_000
RATE = 1_000.0
HOUR = 3_600_000_000_000
UPLINKS = 10
"""Times `--messages`: a million unless told otherwise."""

CONFIG = """\
data_dir = "{data}"
[sinks.influxdb]
url = "{url}"
database = "{database}"
timeout = "60s"
[sinks.store]
enabled = true
"""
SINKS = ("influxdb", "store")


class Proof:
    """Two cities of the same events: one with history that is replayed, one that is taken in afresh.

    Args:
        folder: on a real disk.
        uplinks: of a simulated city, at a thousand a second.
        devices: of it.
    """

    def __init__(self, folder: Path, influxdb: InfluxDB, uplinks: int, devices: int) -> None:
        self.uplinks = uplinks
        self._influxdb = influxdb
        self._folder = folder
        folder.mkdir(parents=True)
        self._events = folder / "events.jsonl"
        with self._events.open("w", encoding="utf-8") as file:
            for at, topic, payload in islice(City(devices, SEED).stream(START, RATE), uplinks):
                line = {"topic": topic, "payload": payload.decode(), "received_at": rfc3339.render(at)}
                file.write(json.dumps(line) + "\n")

    def ingest(self, name: str, *, mended: bool) -> float:
        """Take the events in; uplinks a second."""
        config = self._folder / f"{name}.toml"
        config.write_text(
            CONFIG.format(data=self._folder / name, url=self._influxdb.url, database=name), encoding="utf-8"
        )
        began = time.monotonic()
        said = self.citylora("ingest", str(self._events), name=name, mended=mended)
        assert said["received"] == self.uplinks
        return self.uplinks / (time.monotonic() - began)

    def replay(self, name: str, *more: str) -> tuple[dict[str, Any], float]:
        """Decode the history of both sinks anew by the mended citylora; its report, and uplinks a second of a sink."""
        began = time.monotonic()
        report = self.citylora("replay", *more, name=name, mended=True)
        return report["consumers"], len(report["consumers"]) * self.uplinks / (time.monotonic() - began)

    def citylora(self, *arguments: str, name: str, mended: bool = False) -> dict[str, Any]:
        """What a command says with `--json`; it must succeed."""
        module = "tests.mended" if mended else "ingest.cli"
        code = "from ingest.cli import main; main()"
        run = [sys.executable, "-m", module] if mended else [sys.executable, "-c", code]
        config = self._folder / f"{name}.toml"
        done = subprocess.run(
            [*run, *arguments, "-c", str(config), "--json"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (arguments, done.stdout[-2000:], done.stderr[-2000:])
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    def compare(self, one: str, other: str) -> int:
        """Hold all rows of two cities against each other, in the store and in InfluxDB; how many there are.

        Raises:
            AssertionError: a row differs.
        """
        rows = 0
        for mine, others in zip(self._stored(one), self._stored(other), strict=True):
            assert mine == others
            rows += 1
        for mine, others in zip(self._queried(one), self._queried(other), strict=True):
            assert mine == others
        return rows

    def _stored(self, name: str) -> Iterator[tuple[Any, ...]]:
        db = sqlite3.connect(self._folder / name / "store.db")
        for *row, fields in db.execute(
            "SELECT series.*, time, received_at, time_source, quality, fields"
            " FROM series JOIN point ON point.series = series.id ORDER BY series.id, time"
        ):
            if row[1] in OF_EVENTS:  # roll-ups come when their hour is over, whenever that is
                yield *row, json.loads(fields)
        db.close()

    def _queried(self, name: str) -> Iterator[tuple[str, int, list[Any]]]:
        """By the hour: an answer of all rows would not fit into memory."""
        hours = int(self.uplinks / RATE * 1_000_000_000 / HOUR) + 2
        for measurement, tags in ((name, TAGS[name]) for name in OF_EVENTS):
            for hour in range(-1, hours):
                found = self._influxdb.query(
                    f'SELECT * FROM "{measurement}" WHERE time >= {START + hour * HOUR}'  # noqa: S608
                    f" AND time < {START + (hour + 1) * HOUR}",
                    name,
                )
                for series in found:
                    columns = series["columns"]
                    assert set(tags) < set(columns)
                    # A field that no row has any more is still a column, of nothing.
                    rows = [
                        sorted((name, value) for name, value in zip(columns, row, strict=True) if value is not None)
                        for row in series["values"]
                    ]
                    yield measurement, hour, sorted(rows, key=repr)


def prove(proof: Proof) -> Result:
    """All of it; the figures."""
    taken = proof.ingest("old", mended=False)
    proof.ingest("fresh", mended=True)
    dry, compared = proof.replay("old", "--dry-run")
    report, rewritten = proof.replay("old")
    rows = proof.compare("old", "fresh")
    again, _ = proof.replay("old")
    for sink in SINKS:
        assert report[sink]["events"] == proof.uplinks
        assert report[sink]["written"] > 0 == report[sink]["remain"] == again[sink]["written"]
        assert dry[sink]["fields"] == report[sink]["fields"]
    for name in ("old", "fresh"):
        assert proof.citylora("status", "--verify", name=name)["healthy"]
    return {
        "uplinks": proof.uplinks,
        "rows_of_a_sink": rows,
        "rows_written": report["store"]["written"],
        "rows_that_differ_from_a_fresh_ingest": 0,
        "fresh_ingest_uplinks_a_second": round(taken),
        "replay_uplinks_a_second_of_a_sink": round(rewritten),
        "dry_run_uplinks_a_second_of_a_sink": round(compared),
    }


def replay(options: Options) -> Result:
    """A decoder that drops a field, one that says another value, one that refuses: over a million uplinks."""
    with options.scratch() as folder, InfluxDB(folder) as influxdb:
        return prove(Proof(folder / "proof", influxdb, UPLINKS * options.messages, options.devices))
