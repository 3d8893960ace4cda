"""Memory that was freed goes back to the system; what waits for a sink is not taken for garbage."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
import weakref

from ingest.heap import Tidier

PIECES = """
from ingest.heap import trim

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1])

pieces = [bytes(3_000) for _ in range(20_000)]
kept = pieces[-1]
del pieces
before = resident()
trim()
print(before - resident())
"""


def test_what_lies_below_a_piece_in_use_is_handed_back() -> None:
    done = subprocess.run([sys.executable, "-c", PIECES], capture_output=True, text=True, check=True)
    assert int(done.stdout) > 5_000, "pages of 4 KiB, of some 15,000"


def test_the_tidier_ends_when_it_is_told_to() -> None:
    tidier = Tidier()
    tidier.start()
    tidier.stop()
    assert "heap" not in {thread.name for thread in threading.enumerate()}


class _Attempt:
    """Something that holds itself, as an error does whose traceback leads to it."""

    def __init__(self) -> None:
        self.again = self


def test_what_holds_itself_goes_although_nothing_piles_up() -> None:
    """As after a write that failed: no new objects beside, so Python would not look for it."""
    gc.collect()
    attempt = weakref.ref(_Attempt())
    tidier = Tidier(0.01)
    gc.disable()
    try:
        tidier.start()
        until = time.monotonic() + 20.0
        while attempt() is not None and time.monotonic() < until:
            time.sleep(0.01)
    finally:
        gc.enable()
        tidier.stop()
    assert attempt() is None


GARBAGE = """
import gc
from ingest.heap import settle

settle()
before = gc.get_stats()[0]["collections"]
kept = [[] for _ in range(90_000)]
waited = gc.get_stats()[0]["collections"] - before
kept += [[] for _ in range(90_000)]
print(gc.get_freeze_count() > 1_000, waited, gc.get_stats()[0]["collections"] - before)
"""


def test_what_waits_for_a_sink_is_not_searched_for_garbage_and_what_piles_up_is() -> None:
    done = subprocess.run([sys.executable, "-c", GARBAGE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "0", "1"]
