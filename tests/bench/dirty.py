"""What bad input costs: the drain with 1 % undecodable uplinks and 1 % whose lines InfluxDB refuses."""

from __future__ import annotations

import re
import statistics
from typing import TYPE_CHECKING

from tests.bench.drain import medians, run
from tests.bench.load import Queue, Spoiled

if TYPE_CHECKING:
    from tests.bench.options import Options, Result

EACH = 100
UNDECODABLE, REFUSED = 37, 73  # of each hundred, by number
DATA = re.compile(rb'"data":"[^"]*"')
NO_PAYLOAD_OF_ANY_MODEL = b'"data":"/w=="'
SERVER_TIMES = re.compile(rb'"(nsTime|gwTime|time)":"20\d\d')
LONG_AGO = rb'"\1":"1999'
"""Before the database's retention: the server refuses the line and takes the others of its batch."""


def spoil(number: int, payload: bytes) -> Spoiled:
    """Two events of each hundred are bad: one in its payload, one in its time."""
    if number % EACH == UNDECODABLE:
        return Spoiled(DATA.sub(NO_PAYLOAD_OF_ANY_MODEL, payload))
    if number % EACH == REFUSED:
        return Spoiled(SERVER_TIMES.sub(LONG_AGO, payload), kept=False)
    return Spoiled(payload)


def dirty(options: Options) -> Result:
    """Rate and CPU with dirt relative to a clean run, taking turns."""
    runs = []
    with options.scratch() as folder:
        queues = {
            "clean": Queue(folder / "clean", options.messages, options.devices),
            "dirty": Queue(folder / "dirty", options.messages, options.devices, spoil),
        }
        for number in range(options.rounds):
            for kind, queue in queues.items():
                figures = run("citylora", options, queue, folder / f"{number}-{kind}")
                runs.append({"round": number + 1, **figures, "subject": kind})
    rates = [run["rate"] for run in runs]
    pairs = list(zip(rates[1::2], rates[::2], strict=True))
    return {
        "messages": options.messages,
        "runs": runs,
        "medians": medians(runs),
        "rate_of_the_clean_run": round(float(statistics.median(dirty / clean for dirty, clean in pairs)), 3),
    }
