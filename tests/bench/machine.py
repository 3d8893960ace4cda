"""What the figures were measured on, since they mean nothing without it."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.bench.options import Result

SYNCS = 100
PAGE = bytes(4096)


def describe(folder: Path) -> Result:
    """Processor, kernel, Python, and how long the disk takes to make 4 kB durable."""
    folder.mkdir(parents=True, exist_ok=True)
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load_before": round(os.getloadavg()[0], 2),
        "data_directory": str(folder),
        "file_system": _file_system(folder),
        **_fsync_ms(folder),
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _file_system(folder: Path) -> str:
    """Type of the file system of the longest mount point that holds the folder."""
    mounts = (line.split() for line in Path("/proc/mounts").read_text("utf-8").splitlines())
    holding = [(mount[1], mount[2]) for mount in mounts if folder.resolve().is_relative_to(mount[1])]
    return max(holding, key=lambda mount: len(mount[0]))[1]


def _fsync_ms(folder: Path) -> Result:
    path = folder / "fsync.probe"
    times = []
    with path.open("wb", buffering=0) as file:
        for _ in range(SYNCS):
            file.write(PAGE)
            before = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - before) * 1000)
    path.unlink()
    times.sort()
    return {"fsync_ms_p50": round(statistics.median(times), 3), "fsync_ms_p99": round(times[int(SYNCS * 0.99) - 1], 3)}
