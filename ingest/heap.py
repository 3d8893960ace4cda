"""What a process that runs for months does about memory: free pages go back, garbage goes, what stays is not searched.

The C library keeps what was freed below anything that is still in use: after a backlog of events of some kilobytes each
(InfluxDB was away for a minute) most of a heap of 80 MiB was free and stayed resident, for weeks where nothing else
asks for it. `malloc_trim` of glibc hands such pages back; other C libraries have no such call, and do without.

Where blocks of some hundred kilobytes come and go, as batches do, it soon takes them from that heap as well: each
leaves a hole, and what is kept meanwhile lies between holes, 30 MiB of them with 10,000 devices. So such blocks always
have pages of their own here, and the end of the heap goes back as soon as 4 MiB of it are free.

It also keeps a heap for each thread, of which each holds what the others could use. Our threads compute one at a time
anyway, so one heap is enough.

Python looks for cycles of garbage whenever 700 more objects were made than let go. Thousands of events wait for their
sink at a time, of some 25 objects each, and none of them is a cycle: in a drain that was 3.4 us an uplink, a 30th of
all, and is 0.3 with `settle`. Nor are the modules that a command reads at its start, of half a million objects: an
eighth of the time that this takes.

But cycles there are, few and heavy: an error of the HTTP library holds itself by its traceback, and with it the whole
batch that could not be written, a MiB at each attempt. Objects do not pile up by that, so Python would not look for
hours. So somebody looks once a minute.
"""

from __future__ import annotations

import gc
import threading
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctypes import CDLL

_PERIOD = 10.0
"""Seconds from one trim to the next: it takes some milliseconds, in which threads wait only where they ask for memory
themselves."""

_TRIMS = 6
"""With each so manyth, cycles are looked for: 0.1 s with 2,000 devices and all rules, in which all threads wait."""

GARBAGE = 100_000
"""Objects more than were let go, at which cycles are looked for: as many as 4,000 events, more than wait for one write.
If all of them were garbage, it would be some 10 MiB."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_OPTIONS = {_TRIM_THRESHOLD: 4 << 20, _MMAP_THRESHOLD: 1 << 18, _ARENA_MAX: 1}
"""Of `mallopt`, in glibc's malloc.h. A threshold that is set no longer grows by itself."""


def seldom() -> None:
    """Have cycles of garbage looked for less often, from now on."""
    gc.set_threshold(GARBAGE, *gc.get_threshold()[1:])


def settle() -> None:
    """What there is now, modules for the most part, stays: it is not looked through again. Before threads are made."""
    gc.collect()
    gc.freeze()
    seldom()
    with suppress(OSError, AttributeError):
        for option, value in _OPTIONS.items():
            _c_library().mallopt(option, value)


def trim() -> None:
    """Hand back what is free; without effect but with glibc."""
    with suppress(OSError, AttributeError):
        _c_library().malloc_trim(0)


@cache  # each is of a class of its own, which is a cycle
def _c_library() -> CDLL:
    import ctypes  # noqa: PLC0415  (every command calls `seldom`, and few this)

    return ctypes.CDLL(None)


class Tidier:
    """Hands back what is free, every ten seconds, and looks for garbage once a minute, in a thread of its own.

    Args:
        period: seconds from one trim to the next.
    """

    def __init__(self, period: float = _PERIOD) -> None:
        self._period = period
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heap", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        turn = 0
        while not self._stopping.wait(self._period):
            turn += 1
            if turn % _TRIMS == 0:
                gc.collect()
            trim()
