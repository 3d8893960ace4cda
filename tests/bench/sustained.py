"""A city's whole load for minutes on end: does the lag stay flat, does the memory?"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.steady import Load, steady
from tests.bench.subjects import Citylora

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.options import Options, Result
    from tests.bench.steady import Steady

EVERY = 5.0  # s between two samples
WARM_UP = 0.5  # of the samples: the memory of the last 200,000 identities is full after 200 s at 1,000 a second


class Sample(NamedTuple):
    """One look: seconds since the first one, the ledger's counts, resident MiB."""

    at_s: float
    received: int
    pending: int
    rss_mib: float


def sustained(options: Options) -> Result:
    """Slope of `pending` and of RSS at `rate` uplinks a second over `minutes`."""
    load = Load("citylora", options.devices, options.rate, options.minutes * 60, recurring=True)
    return {"rate": options.rate, "minutes": options.minutes, **_run(options, load)}


def memory(options: Options) -> Result:
    """RSS at 1,000 uplinks a second with 10,000 devices, and its slope over the second half of `minutes`."""
    return _run(options, Load("citylora", 10_000, 1_000.0, options.minutes * 60))


def _run(options: Options, load: Load) -> Result:
    with options.scratch() as folder, steady(folder / "run", load) as running:
        samples = _samples(running)
        published = running.published()
        rows = running.settle(published.messages)
        usage = running.process.stop()
    steady_ones = samples[int(len(samples) * WARM_UP) :]
    return {
        "published": published.messages,
        "published_a_second": round(published.messages / published.seconds),
        "missing": published.messages - rows,
        "pending_median": statistics.median(sample.pending for sample in samples),
        "pending_worst": max(sample.pending for sample in samples),
        "pending_slope_per_minute": round(slope([(one.at_s, one.pending) for one in steady_ones]) * 60, 1),
        "rss_mib_worst": round(usage.rss / 2**20, 1),
        "rss_slope_mib_per_10_minutes": round(slope([(one.at_s, one.rss_mib) for one in steady_ones]) * 600, 2),
        "cpu_s_per_1000": round(usage.cpu / published.messages * 1000, 4),
        "samples": [sample._asdict() for sample in thinned(samples)],
    }


def _samples(running: Steady) -> list[Sample]:
    subject = running.subject
    if not isinstance(subject, Citylora):
        raise TypeError(f"{subject.name} has no status")
    samples: list[Sample] = []
    began = time.monotonic()
    while running.publishing():
        status = subject.status()
        rss = round(running.process.rss() / 2**20, 2)
        samples.append(Sample(round(time.monotonic() - began, 1), status["received"], status["pending"], rss))
        time.sleep(EVERY)
    return samples


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Least squares, in units a second; 0 where there are too few points to say."""
    if len({x for x, _ in points}) < 2:
        return 0.0
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def thinned(samples: Sequence[Sample], most: int = 20) -> list[Sample]:
    """Every so manyth, to be read by a person."""
    return list(samples[:: -(-len(samples) // most) or 1])
