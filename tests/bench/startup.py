"""What the command line costs before it does anything, and how soon a worker is at work."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from tests.bench import broker
from tests.bench.subjects import citylora, make
from tests.servers import InfluxDB, Mosquitto

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bench.options import Options, Result

TURNS = 21
BARE = [sys.executable, "-c", "import argparse"]
LOOK = 0.002
PATIENCE = 30.0


def startup(options: Options) -> Result:
    """`citylora --help` against a bare argparse, and `citylora run` until it is connected."""
    times: dict[str, list[float]] = {"help": [], "bare": []}
    for _ in range(TURNS):
        times["bare"].append(_milliseconds(BARE))
        times["help"].append(_milliseconds([citylora(), "--help"]))
    help_ms, bare_ms = statistics.median(times["help"]), statistics.median(times["bare"])
    with options.scratch() as folder:
        connected = [_connects_within(folder / str(turn)) for turn in range(options.rounds)]
    return {
        "help_ms": round(help_ms, 1),
        "bare_argparse_ms": round(bare_ms, 1),
        "help_to_bare": round(help_ms / bare_ms, 2),
        "run_until_connected_ms": round(statistics.median(connected) * 1000),
    }


def _milliseconds(command: list[str]) -> float:
    before = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - before) * 1000


def _connects_within(folder: Path) -> float:
    """Seconds from the process's start until the broker's log names it."""
    with (
        Mosquitto(folder / "mosquitto", config=broker.CONFIGURATION) as mosquitto,
        InfluxDB(folder / "influxdb") as influxdb,
    ):
        subject = make("citylora", folder, mosquitto, influxdb)
        began = time.monotonic()
        process = subject.start()
        try:
            while b" as citylora-mosquitto " not in mosquitto.log.read_bytes():
                process.check()
                if time.monotonic() - began > PATIENCE:
                    raise TimeoutError("the worker does not connect")
                time.sleep(LOOK)
            seconds = time.monotonic() - began
            process.stop()
            return seconds
        finally:
            process.kill()
