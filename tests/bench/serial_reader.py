"""`python -m tests.bench.serial_reader citylora|bare TTY COUNT`: who is measured by `serial_port`, a process each."""

from __future__ import annotations

import json
import os
import resource
import select
import sys
import threading
from typing import TYPE_CHECKING

from gateways.serial.link import PortSettings, SerialSource
from gateways.serial.told import Channel

if TYPE_CHECKING:
    from gateways.reception import Reception

IDLE = 5.0
"""Seconds without a frame after which there is none to come."""


def main() -> None:
    """Say that it hears; then what was heard, and the CPU seconds from there."""
    name, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    frames, seconds = (_citylora if name == "citylora" else _bare)(path, count)
    print(json.dumps({"frames": frames, "cpu": seconds}), flush=True)


def _citylora(path: str, count: int) -> tuple[int, float]:
    heard: set[bytes] = set()
    came, done = threading.Event(), threading.Event()

    def hear(reception: Reception) -> bool:
        heard.add(reception.phy)
        came.set()
        if len(heard) == count:
            done.set()
        return True

    settings = PortSettings("bench", "sketch", path, "00" * 8, (Channel(921_400_000, 7),))
    source = SerialSource(settings, hear, lambda _report: None)
    source.start()
    source.connected.wait()
    before = _cpu()
    print("hears", flush=True)
    while not done.wait(IDLE) and came.is_set():
        came.clear()
    seconds = _cpu() - before
    source.stop()
    return len(heard), seconds


def _bare(path: str, count: int) -> tuple[int, float]:
    line = os.open(path, os.O_RDWR | os.O_NOCTTY)
    heard: set[bytes] = set()
    rest = b""
    before = _cpu()
    print("hears", flush=True)
    while len(heard) < count and select.select([line], [], [], 2 * IDLE)[0]:
        *lines, rest = (rest + os.read(line, 4096)).split(b"\n")
        heard.update(lines)
    return len(heard), _cpu() - before


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
