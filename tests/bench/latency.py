"""Publish to queryable: how long after an event was made its row can be read from InfluxDB."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

from tests.bench.load import sampled
from tests.bench.steady import Load, steady

if TYPE_CHECKING:
    from tests.bench.options import Options, Result
    from tests.bench.steady import Steady

RATE = 1_000.0
PAUSE = 0.005  # s between two questions
LOOKS_BACK = 3 * 10**9  # ns: what takes longer is found by the last look
RESOLUTION = (
    "Upper bound. One uplink in 20 is of ten devices that are asked for continuously. Its latency runs from its nsTime "
    "(stamped as it is made, up to 1.4 ms early, cut to the millisecond) until the answer with its row is here: too "
    "high by at most poll_ms and 2.4 ms."
)


def latency(options: Options) -> Result:
    """p50, p99 and worst at 1,000 uplinks a second, for each subject."""
    with options.scratch() as folder:
        runs = []
        for name in options.subjects:
            with steady(folder / name, Load(name, options.devices, RATE, options.seconds)) as running:
                runs.append({"subject": name, **_watch(running)})
    return {"rate": RATE, "seconds": options.seconds, "resolution": RESOLUTION, "runs": runs}


class _Watch:
    """Asks for the sampled devices' newest rows, and notes when each was first seen."""

    def __init__(self, running: Steady) -> None:
        devices = " OR ".join(f"dev_eui = '{device}'" for device in sampled(running.load.devices))
        self._where = f"({devices})"
        self._database = running.subject.database
        self._seen: set[tuple[str, int]] = set()
        self.latencies: list[tuple[float, int]] = []
        self.looks: list[float] = []

    def look(self, since: int) -> None:
        """One question for all sampled rows after `since`, ns."""
        before = time.monotonic()
        rows = self._database.rows(f"SELECT f_cnt FROM radio WHERE {self._where} AND time > {since} GROUP BY dev_eui")  # noqa: S608
        now = time.time_ns()
        for row in rows:
            key = (row["dev_eui"], row["time"])
            if key not in self._seen:
                self._seen.add(key)
                self.latencies.append(((now - row["time"]) / 1e6, row["time"]))
        self.looks.append((time.monotonic() - before) * 1000)


def _watch(running: Steady) -> Result:
    watch, began = _Watch(running), time.time_ns()
    while running.publishing():
        watch.look(time.time_ns() - LOOKS_BACK)
        time.sleep(PAUSE)
    published = running.published()
    rows = running.settle(published.messages)
    watch.look(began)
    times = sorted(latency for latency, _ in watch.latencies)
    worst, worst_at = max(watch.latencies)
    first = min(at for _, at in watch.latencies)
    return {
        "p50_ms": round(statistics.median(times), 1),
        "p99_ms": round(times[int(len(times) * 0.99)], 1),
        "worst_ms": round(worst, 1),
        "worst_at_s": round((worst_at - first) / 1e9, 1),
        "samples": len(times),
        "poll_ms": round(statistics.median(watch.looks) + PAUSE * 1000, 1),
        "published": published.messages,
        "missing": published.messages - rows,
        "cpu_s_per_1000": round(running.process.stop().cpu / published.messages * 1000, 4),
    }
