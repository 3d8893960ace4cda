"""Wakes a thread that waits in `select`: for its socket, or for another thread."""

from __future__ import annotations

import os
import select
from contextlib import suppress


class Bell:
    """A pipe that one thread listens to, and any may ring."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)

    def fileno(self) -> int:
        """What to wait for in `select`."""
        return self._read

    def ring(self) -> None:
        """Wake whoever listens."""
        with suppress(BlockingIOError, BrokenPipeError):  # a full pipe wakes as well; after the end nobody reads
            os.write(self._write, b"x")

    def wait(self, seconds: float) -> None:
        """Sleep until it rings."""
        select.select([self._read], [], [], max(0.0, seconds))
        self.hush()

    def hush(self) -> None:
        """It was heard."""
        with suppress(BlockingIOError):
            while os.read(self._read, 4096):
                pass

    def close(self) -> None:
        """Listen no more; it may still be rung."""
        os.close(self._read)
