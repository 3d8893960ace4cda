"""The drain: uplinks queued in Mosquitto until all of them can be queried in InfluxDB, taking turns with the floor."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from tests.bench import broker
from tests.bench.load import Queue
from tests.bench.subjects import Floor, Subject, make
from tests.servers import InfluxDB, Mosquitto

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench.options import Options, Result
    from tests.bench.process import Process

LOOK = 0.02  # s between two questions for the last uplink's device: one series, so the question costs nothing
LEAST_RATE = 300.0  # uplinks a second; slower than that it hangs
RETENTION = "520w"  # of the database: what is older is refused, which the dirty run makes use of
COMPARED = ("cpu_s_per_1000", "rate", "influxd_cpu_s_per_1000", "mosquitto_cpu_s_per_1000")


def drain(options: Options) -> Result:
    """CPU and rate of each subject, and their ratios to the floor's."""
    with options.scratch() as folder:
        queue = Queue(folder / "queue", options.messages, options.devices, mix=options.mix)
        runs = [
            {"round": number + 1, **run(name, options, queue, folder / f"{number}-{name}")}
            for number in range(options.rounds)
            for name in options.subjects
        ]
    return {
        "messages": options.messages,
        "mix": options.mix,
        "json_bytes_an_uplink": round(queue.json_bytes / options.messages),
        "runs": runs,
        "medians": medians(runs),
        "ratios_to_floor": ratios(runs),
    }


def run(name: str, options: Options, queue: Queue, folder: Path) -> Result:
    """One drain by one subject, with servers of its own."""
    with (
        Mosquitto(folder / "mosquitto", config=broker.CONFIGURATION) as mosquitto,
        InfluxDB(folder / "influxdb") as influxdb,
    ):
        subject = make(name, folder, mosquitto, influxdb, store=options.store)
        influxdb.query(f"ALTER RETENTION POLICY autogen ON {subject.name} DURATION {RETENTION}")
        idle = subject.open_session()
        queue.publish(mosquitto.port)
        brokers, databases = mosquitto.cpu_seconds(), influxdb.cpu_seconds()
        began = time.monotonic()
        process = subject.start()
        try:
            _wait_until_queryable(subject, process, queue)
            seconds = time.monotonic() - began
            brokers, databases = mosquitto.cpu_seconds() - brokers, influxdb.cpu_seconds() - databases
            usage = process.stop()
        finally:
            process.kill()
        thousands = queue.messages / 1000
        return {
            "subject": name,
            "cpu_s_per_1000": round(usage.cpu / thousands, 4),
            "of_it_start_s": round(idle.cpu, 3),
            "seconds": round(seconds, 2),
            "rate": round(queue.messages / seconds),
            "influxd_cpu_s_per_1000": round(databases / thousands, 4),
            "mosquitto_cpu_s_per_1000": round(brokers / thousands, 4),
            "rss_mib": round(usage.rss / 2**20, 1),
            "points_an_uplink": round(subject.points() / queue.messages, 3),
        }


def _wait_until_queryable(subject: Subject, process: Process, queue: Queue) -> None:
    """The broker keeps its queue's order, so the whole is counted only when the last device's last uplink is there."""
    until = time.monotonic() + queue.messages / LEAST_RATE
    where = f"dev_eui = '{queue.last_device}'"
    while subject.database.count("radio", "f_cnt", where) < queue.rows_of_last_device or subject.rows() < queue.rows:
        process.check()
        if time.monotonic() > until:
            raise TimeoutError(f"{subject.name}: {subject.rows()} of {queue.rows} can be queried")
        time.sleep(LOOK)


def medians(runs: Sequence[Result]) -> list[Result]:
    """The median of each figure over the rounds, a row a subject."""
    names = dict.fromkeys(run["subject"] for run in runs)
    return [{"subject": name, **_medians([run for run in runs if run["subject"] == name])} for name in names]


def _medians(runs: Sequence[Result]) -> Result:
    figures = [key for key in runs[0] if key not in {"round", "subject"}]
    return {key: round(statistics.median(run[key] for run in runs), 4) for key in figures}


def ratios(runs: Sequence[Result]) -> list[Result]:
    """Each subject over the floor of the same round; the median of the rounds, for the machine changes its mood."""
    floors = {run["round"]: run for run in runs if run["subject"] == Floor.name}
    others: dict[str, list[tuple[Result, Result]]] = {}
    for run in runs:
        if run["round"] in floors and run["subject"] != Floor.name:
            others.setdefault(run["subject"], []).append((run, floors[run["round"]]))
    return [{"subject": name, **{key: _ratio(pairs, key) for key in COMPARED}} for name, pairs in others.items()]


def _ratio(pairs: Sequence[tuple[Result, Result]], key: str) -> float:
    return round(float(statistics.median(run[key] / floor[key] for run, floor in pairs)), 3)
