"""One network server's traffic in a process of its own: published until SIGTERM, with a record of what the broker took.

`python -m tests.soak.load` publishes by the clock, so a stall of the broker is made up for and the times stay true.
A record is the identity of a message, its kind, and when the broker's acknowledgement was seen.
"""

from __future__ import annotations

import argparse
import json
import signal
import struct
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gateways.simulator import KINDS, City, Life
from gateways.simulator.publish import Progress, publish

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from gateways.simulator import Publication

IDENTITY = 8  # bytes
RECORD = struct.Struct(f"<{IDENTITY}sBd")
HOST = "127.0.0.1"
TICK = 0.1  # s


class Taken(NamedTuple):
    """A message that the broker has acknowledged, at a time in seconds since 1970."""

    identity: bytes
    kind: str
    at: float


def identity(topic: str, payload: bytes) -> bytes:
    """What a message is known by on both sides of the broker."""
    return blake2b(topic.encode() + b"\0" + payload, digest_size=IDENTITY).digest()


def read(path: Path) -> list[Taken]:
    """The record of a publisher that has ended."""
    return [Taken(one, KINDS[kind], at) for one, kind, at in RECORD.iter_unpack(path.read_bytes())]


class _Recorder:
    """The stream on its way out; belongs to the publisher's thread."""

    def __init__(self, stream: Iterator[Publication], progress: Progress, file: BinaryIO) -> None:
        self._stream, self._progress, self._file = stream, progress, file
        self._under_way: deque[tuple[bytes, int]] = deque()  # the broker acknowledges them in this order
        self._recorded = 0

    def __iter__(self) -> Iterator[Publication]:
        for one in self._stream:
            self._under_way.append((identity(one.topic, one.payload), KINDS.index(one.kind)))
            yield one
            self.settle()

    def settle(self) -> None:
        """Write down what has been acknowledged since."""
        now = time.time()
        for _ in range(self._progress.acknowledged - self._recorded):
            self._file.write(RECORD.pack(*self._under_way.popleft(), now))
            self._recorded += 1


def main() -> None:
    """Publish until SIGTERM; then print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True, help="messages a second")
    parser.add_argument("--protobuf", action="store_true")
    parser.add_argument("--record", type=Path, required=True)
    given = parser.parse_args()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    life = Life(City(given.devices, given.seed, protobuf=given.protobuf), radio_loss=0.01, bursts=0.001)
    progress = Progress()
    began = time.monotonic()
    with given.record.open("wb") as file, ThreadPoolExecutor(1) as thread:
        recorder = _Recorder(life.stream(time.time_ns(), given.rate), progress, file)
        # In a thread: a signal's handler may not set an event that its own thread waits for.
        ended = thread.submit(publish, HOST, given.port, recorder, by_clock=True, stop=stop, progress=progress)
        while not ended.done():
            time.sleep(TICK)
        ended.result()
        recorder.settle()
    seconds = round(time.monotonic() - began, 3)
    print(json.dumps({"sent": progress.sent, "acknowledged": progress.acknowledged, "seconds": seconds}))


if __name__ == "__main__":
    main()
