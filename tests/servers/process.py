"""A server process with the faults that a test wants: stopped, killed, hung, started again on the same port and folder.

A server never outlives its test run: the kernel kills it when the process that started it is gone (PR_SET_PDEATHSIG).
"""

import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from tests.servers.found import find
from tests.servers.ports import free_port

_READY_WITHIN = 30.0
_STOPPED_WITHIN = 30.0

# PR_SET_PDEATHSIG fires when the *thread* that forked ends: one thread, as long-lived as the process, forks them all.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="server-spawner")


class Server(ABC):
    """One server on 127.0.0.1 with its data and log in `folder`; `with` starts it and stops it."""

    name: str

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder
        self.port = free_port() if port is None else port
        self.log = folder / f"{self.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @abstractmethod
    def _arguments(self) -> list[str]:
        """The command line after the program, its configuration written."""

    @abstractmethod
    def _answers(self) -> bool:
        """Whether the server speaks its protocol now; OSError counts as no."""

    @property
    def pid(self) -> int:
        """The running server's process id; RuntimeError when it is not running."""
        return self._running().pid

    @property
    def running(self) -> bool:
        """Whether the process is there (a hung one is)."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> Self:
        """Start it and return when it answers its protocol; RuntimeError with the end of its log when it does not."""
        if self.running:
            raise RuntimeError(f"{self.name} runs already, as process {self.pid}")
        found = find(self.name)
        command = ["setpriv", "--pdeathsig", "KILL", str(found.path), *self._arguments()]
        with self.log.open("ab") as log:
            self._process = _spawner.submit(
                subprocess.Popen,
                command,
                cwd=self.folder,
                env=found.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            ).result()
        self._wait_until_ready()
        return self

    def stop(self) -> None:
        """SIGTERM, and wait until it has written what it keeps; no-op when it does not run."""
        if self.running:
            self.resume()
            self._signal(signal.SIGTERM)
        self._gone()

    def kill(self) -> None:
        """SIGKILL: it writes nothing more; no-op when it does not run."""
        if self.running:
            self._signal(signal.SIGKILL)
        self._gone()

    def restart(self) -> None:
        """Stop by SIGTERM and start again: same port, same folder."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """SIGSTOP: connections stay open and nothing is answered, which is how a hang looks from outside."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT after `pause`."""
        self._signal(signal.SIGCONT)

    def cpu_seconds(self) -> float:
        """User and system CPU that the server has used since its start, in seconds."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            raise RuntimeError(f"{self.name} is not running")
        return self._process

    def _signal(self, number: signal.Signals) -> None:
        self._running().send_signal(number)

    def _gone(self) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(_STOPPED_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise RuntimeError(f"{self.name} did not stop in {_STOPPED_WITHIN:g} s: {self._log_end()}") from None
        finally:
            self._process = None

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _READY_WITHIN
        while self.running and time.monotonic() < deadline:
            if self._ready():
                return
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"{self.name} did not answer on port {self.port}: {self._log_end()}")

    def _ready(self) -> bool:
        try:
            return self._answers()
        except OSError:
            return False

    def _log_end(self) -> str:
        return self.log.read_text(errors="replace")[-2000:] or "its log is empty"
