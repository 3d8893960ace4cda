"""10,000 frames through pseudo-terminals at the full speed of a line: what is heard, and what it costs to hear it."""

from __future__ import annotations

import binascii
import json
import os
import random
import select
import subprocess
import sys
import time
import tty
from typing import TYPE_CHECKING, Any

from gateways.simulator.modems.sketch import SketchModem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.options import Options, Result

FRAMES = 10_000
BYTES_A_SECOND = 11_520
"""Of a line with 115,200 baud, eight bits and a stop bit."""

SUBJECTS = ("citylora", "bare")
PATIENCE = 30.0  # s


def serial_port(options: Options) -> Result:  # noqa: ARG001  (nothing of it is asked)
    """The same stream, paced, to a modem's source and to a loop that reads lines and does nothing else."""
    lines = list(stream(FRAMES))
    readers = {name: Reader(name) for name in SUBJECTS}
    try:
        for reader in readers.values():
            reader.ready()
        seconds = paced(lines, [reader.master for reader in readers.values()])
        found = {name: reader.result() for name, reader in readers.items()}
    finally:
        for reader in readers.values():
            reader.close()
    rows = [
        {"subject": name, "sent": FRAMES, "heard": one["frames"], "lost": FRAMES - one["frames"],
         "cpu_us_a_frame": round(1e6 * one["cpu"] / FRAMES, 1), "cpu_percent": round(100 * one["cpu"] / seconds, 2)}
        for name, one in found.items()
    ]  # fmt: skip
    return {"bytes_a_second": round(sum(map(len, lines)) / seconds), "seconds": round(seconds, 1), "subjects": rows}


def stream(count: int) -> Iterator[bytes]:
    """What a modem with our line protocol says of so many frames, each of them another one."""
    source = random.Random(7)
    for number in range(count):
        phy = number.to_bytes(4) + source.randbytes(source.randint(8, 30))
        body = f"RX,{number % 65_536},921400000,7,125000,{-60 - number % 60},6.25,ok,{phy.hex().upper()}"
        yield b"$%s*%04X\n" % (body.encode(), binascii.crc_hqx(body.encode(), 0xFFFF))


def paced(lines: list[bytes], masters: list[int]) -> float:
    """Write the lines to each, as fast as the line would carry them; the seconds it took."""
    data, sent, began = b"".join(lines), dict.fromkeys(masters, 0), time.monotonic()
    while min(sent.values()) < len(data):
        due = min(len(data), round((time.monotonic() - began) * BYTES_A_SECOND))
        for master, at in sent.items():
            if at < due:
                sent[master] = at + os.write(master, data[at:due])
        time.sleep(0.005)
    return time.monotonic() - began


class Reader:
    """A process that reads one pseudo-terminal."""

    def __init__(self, name: str) -> None:
        self.master, self._slave = os.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self.master, False)
        command = [sys.executable, "-m", "tests.bench.serial_reader", name, os.ttyname(self._slave), str(FRAMES)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def ready(self) -> None:
        """Answer what it asks of the modem, until it says that it hears."""
        modem, output, deadline = SketchModem(), self._process.stdout, time.monotonic() + PATIENCE
        if output is None:
            raise RuntimeError("it has no output")
        while time.monotonic() < deadline:
            readable = select.select([self.master, output.fileno()], [], [], 1)[0]
            if self.master in readable:
                os.write(self.master, modem.take(os.read(self.master, 4096)))
            if output.fileno() in readable:
                output.readline()
                return
        raise TimeoutError("the reader does not begin")

    def result(self) -> dict[str, Any]:
        """What it has heard, and the CPU seconds of it."""
        answer, _ = self._process.communicate(timeout=PATIENCE)
        found: dict[str, Any] = json.loads(answer)
        return found

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        os.close(self.master)
        os.close(self._slave)
