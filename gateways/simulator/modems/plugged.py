"""A simulated modem at a pseudo-terminal: it answers, and the line between does what lines do."""

from __future__ import annotations

import os
import random
import termios
import threading
import time
import tty
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple, Self

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from gateways.simulator.modems.modem import Air, Modem

_SPEEDS = {getattr(termios, f"B{speed}"): speed for speed in (4800, 9600, 19_200, 38_400, 57_600, 115_200)}
_LOOK = 0.002  # s


class Faults(NamedTuple):
    """What the line does to what the modem says.

    Attributes:
        drip: bytes at once; 0: all of them.
        pause: seconds between two pieces, and before the first.
        lost: share of the bytes that do not arrive.
        bent: share of the bytes of which a bit is turned.
        garbage: the most bytes of noise between two of the modem's messages.
        seed: of its randomness.
    """

    drip: int = 0
    pause: float = 0.0
    lost: float = 0.0
    bent: float = 0.0
    garbage: int = 0
    seed: int = 0


class Plugged:
    """A modem that is plugged in while the context is open, and in between.

    Args:
        modem: its firmware.
        path: where its port is to be seen.
        faults: of the line.

    Attributes:
        intact: of each frame that the modem said, whether it left the line undamaged, in order.
    """

    def __init__(self, modem: Modem, path: Path, faults: Faults | None = None) -> None:
        self.modem, self.path, self.faults = modem, path, faults or Faults()
        self.intact: list[tuple[bytes, bool]] = []
        self._random = random.Random(self.faults.seed)  # noqa: S311
        self._lock = threading.RLock()
        self._master = self._slave = -1
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"modem {path.name}", daemon=True)

    def __enter__(self) -> Self:
        self.plug()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self.unplug()

    def plug(self) -> None:
        """It appears at its path."""
        with self._lock:
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            self.path.symlink_to(os.ttyname(self._slave))

    def unplug(self) -> None:
        """It is gone, in the middle of whatever was said."""
        with self._lock:
            if self._master >= 0:
                self.path.unlink()
                os.close(self._master)
                os.close(self._slave)
                self._master = self._slave = -1
                self.modem.reset()

    def hear(self, air: Air) -> bool:
        """A frame is on the air; false where the modem does not listen."""
        with self._lock:
            if self._master < 0:
                return False
            said = self.modem.receive(air)
            if said:
                self.intact.append((air.phy, self._say(said)))
            return bool(said)

    def reset(self, said: bytes = b"") -> None:
        """The modem restarts, after the beginning of what it was saying."""
        with self._lock:
            self._say(said + self.modem.reset())

    def say(self, said: bytes) -> None:
        """The modem says something by itself."""
        with self._lock:
            self._say(said)

    def _run(self) -> None:
        while not self._ended.wait(_LOOK):
            with self._lock, suppress(BlockingIOError, OSError):
                if self._master >= 0:
                    told = os.read(self._master, 4096)
                    answer = self.modem.take(told if self._understands() else self._noise(len(told)))
                    if answer:
                        self._say(answer)

    def _understands(self) -> bool:
        """Whether whoever has opened the port speaks at the modem's speed."""
        return _SPEEDS.get(termios.tcgetattr(self._slave)[5]) == self.modem.baud

    def _noise(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def _say(self, said: bytes) -> bool:
        """Send it through the line; whether it arrives as it was."""
        if not self._understands():
            said, intact = self._noise(len(said)), False
        else:
            damaged = bytes(self._bent(byte) for byte in said if self._random.random() >= self.faults.lost)
            said, intact = damaged, damaged == said
        if self.faults.garbage:
            said = self._noise(self._random.randint(1, self.faults.garbage)) + b"\r\n" + said
        piece = self.faults.drip or len(said) or 1
        for at in range(0, len(said), piece):
            if self.faults.pause:
                time.sleep(self.faults.pause)
            self._write(said[at : at + piece])
        return intact

    def _bent(self, byte: int) -> int:
        return byte ^ (1 << self._random.randrange(8)) if self._random.random() < self.faults.bent else byte

    def _write(self, data: bytes) -> None:
        """All of it; a reader that takes nothing for long has its line overrun."""
        deadline = time.monotonic() + 5
        while data and time.monotonic() < deadline:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                time.sleep(_LOOK)
