"""A process under test, with everything that it and its children take."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

TICK = os.sysconf("SC_CLK_TCK")
STOPS_WITHIN = 30.0
UTIME, STIME, CUTIME, CSTIME, RSS = 11, 12, 13, 14, 21  # fields of /proc/<pid>/stat after the name
_KIB = 1024
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)

NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
"""An installed program has its bytecode: where this is set, to compile 400 modules would be half of its start."""


class Usage(NamedTuple):
    """What a process took in its life: CPU seconds, its children's too, and its own largest RSS in bytes."""

    cpu: float
    rss: int


class Process:
    """A command in its own process, its output in a file."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._log = log
        self._peak = 0
        environment = {name: value for name, value in os.environ.items() if name != NO_BYTECODE}
        with log.open("ab") as output:
            self._popen = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    def check(self) -> None:
        """Raise RuntimeError with the end of its output if it is gone."""
        if self._popen.poll() is not None:
            raise RuntimeError(f"{self._popen.args!r} ended with {self._popen.returncode}: {self._tail()}")

    def running(self) -> bool:
        """Whether it has not ended; RuntimeError where it failed."""
        if self._popen.poll():
            self.check()
        return self._popen.poll() is None

    def cpu(self) -> float:
        """User and system CPU seconds so far, of its children too; steps of 10 ms."""
        return (
            sum(
                sum(map(int, (fields[UTIME], fields[STIME], fields[CUTIME], fields[CSTIME])))
                for fields in self._stats()
            )
            / TICK
        )

    def rss(self) -> int:
        """Resident bytes now, of its children too."""
        return sum(int(fields[RSS]) for fields in self._stats()) * os.sysconf("SC_PAGE_SIZE")

    def stop(self) -> Usage:
        """SIGTERM, and what it took in all; SIGKILL and RuntimeError when that does not end it."""
        self.check()
        self._note_peak()
        self._popen.send_signal(signal.SIGTERM)
        return self.wait(STOPS_WITHIN)

    def wait(self, seconds: float) -> Usage:
        """Wait for its end; RuntimeError where it failed or does not end. All zero if `running` saw the end first."""
        if self._popen.returncode is not None:
            return self._ended(self._popen.returncode, 0.0)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._note_peak()
            pid, status, usage = os.wait4(self.pid, os.WNOHANG)
            if pid:
                return self._ended(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime)
            time.sleep(0.01)
        self.kill()
        raise RuntimeError(f"{self._popen.args!r} did not end within {seconds:g} s: {self._tail()}")

    def kill(self) -> None:
        """SIGKILL; nothing where it is gone already."""
        self._popen.kill()
        self._popen.wait()

    def _note_peak(self) -> None:
        """Its own largest RSS so far: `ru_maxrss`, which is there after its end, begins with its parent's at the fork.

        A process that has ended says nothing any more.
        """
        with suppress(FileNotFoundError, ProcessLookupError):
            said = _PEAK.search(Path(f"/proc/{self.pid}/status").read_text("utf-8"))
            self._peak = max(self._peak, int(said[1]) * _KIB if said else 0)

    def _ended(self, code: int, cpu: float) -> Usage:
        self._popen.returncode = code
        if code:
            raise RuntimeError(f"{self._popen.args!r} ended with {code}: {self._tail()}")
        return Usage(cpu, self._peak)

    def _stats(self) -> list[list[str]]:
        waiting, found = [self.pid], []
        while waiting:
            pid = waiting.pop()
            try:
                found.append(Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split())
                for task in Path(f"/proc/{pid}/task").iterdir():
                    waiting += map(int, (task / "children").read_text("utf-8").split())
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended between two looks
        return found

    def _tail(self) -> str:
        return self._log.read_text("utf-8", errors="replace")[-2000:]
