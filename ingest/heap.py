"""Gives the memory that is free back to the system, now and then.

The C library keeps what was freed below anything that is still in use: after a backlog of events of some kilobytes each
(InfluxDB was away for a minute) most of a heap of 80 MiB was free and stayed resident, for weeks where nothing else
asks for it. `malloc_trim` of glibc hands such pages back; other C libraries have no such call, and do without.
"""

from __future__ import annotations

import ctypes
import threading
from contextlib import suppress

_PERIOD = 60.0
"""Seconds. A call takes some milliseconds, in which other threads wait only where they ask for memory themselves."""


def trim() -> None:
    """Hand back what is free; without effect but with glibc."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


class Trimmer:
    """Hands back what is free, once a minute, in a thread of its own."""

    def __init__(self) -> None:
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
        while not self._stopping.wait(_PERIOD):
            trim()
