"""The way in for recorded events: files to the same intake, journal and consumers as an uplink of a broker.

Everything is read twice: the first time nothing is stored, so that a file that cannot be taken is refused as a whole.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from gateways import rfc3339
from gateways.handover import Handover
from gateways.uplink import Event
from ingest.archive.recorded import own_time, read, time_of
from ingest.consumer.feed import TAIL_EVENTS
from ingest.errors import CityloraError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gateways.uplink import Message
    from ingest.app import Worker

SOURCE = "file"
"""The name by which the pipeline acknowledges."""

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes that are read as one line; what is longer is no event of any broker (MQTT ends at 256 MiB, brokers sooner)."""

HANDOVER_EVENTS = 500
HANDOVER_BYTES = 8 * 1024 * 1024
"""Events, and bytes of payload, that are handed over at once: a commit's worth."""

UNDER_WAY = 4
"""Handovers that may wait for the disk."""

AHEAD = TAIL_EVENTS
"""Events by which the journal may be ahead of the slowest consumer: what the feed still has in memory, and far below
any cap, so that a file never pushes events out of the journal."""

HEAD = 4096
"""Bytes at the beginning by which a file is known to be no text."""

GZIP = b"\x1f\x8b"

_ZCAT = "give what is in it: `zcat FILE | citylora ingest -`"

LOOK = 0.02
"""Seconds between two looks at the consumers while they are behind."""


class Part(NamedTuple):
    """Some events of a file.

    Attributes:
        size: bytes of the file that they took.
    """

    events: list[Event]
    size: int


class Recording:
    """One file, or standard input, that can be read twice.

    Attributes:
        name: as it is to be shown.
        size: bytes.
    """

    def __init__(self, name: str, stream: BinaryIO) -> None:
        self.name = name
        self._stream = stream if stream.seekable() else _spooled(stream)
        self.size = self._stream.seek(0, 2)

    def check(self) -> None:
        """Refuse what is no text: each of its lines would be a bad event.

        Raises:
            CityloraError: it is compressed, or otherwise binary.
        """
        self._stream.seek(0)
        head = self._stream.read(HEAD)
        if head.startswith(GZIP):
            raise CityloraError(f"{self.name} is compressed with gzip; nothing was stored", _ZCAT)
        if b"\0" in head:
            raise CityloraError(
                f"{self.name} is no text: its first {HEAD} bytes hold a NUL; nothing was stored",
                f"it has to be JSON lines in UTF-8; where it is compressed, {_ZCAT}",
            )

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """(number, line) of every line that is not empty, without its end; numbers count from 1."""
        self._stream.seek(0)
        number = 0
        while line := self._stream.readline(LONGEST_LINE):
            number += 1
            line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            line = line.strip(b" \t\r\n")
            if line:
                yield number, line

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()


def _spooled(stream: BinaryIO) -> BinaryIO:
    """A copy on disk of what can be read but once."""
    copy = tempfile.TemporaryFile()  # noqa: SIM115  (the recording closes it)
    shutil.copyfileobj(stream, copy, 1024 * 1024)
    stream.close()
    return copy


def first_time(recordings: Sequence[Recording], parse: Callable[[str, bytes], Message]) -> int | None:
    """The time of the first event that has one, ns UTC; None where there is no event.

    Raises:
        CityloraError: an event has no time, neither from its recorder nor of its own.
    """
    found, missing, first = None, 0, ""
    for recording in recordings:
        for number, line in recording.lines():
            at = time_of(line)
            if at is None:
                event = read(line)
                if event is None:
                    continue
                at = own_time(parse, event.topic, event.payload)
            if at is None:
                first = first or f"{recording.name} line {number}"
                missing += 1
            elif found is None:
                found = at
    if missing:
        more = f" and {missing - 1} more" if missing > 1 else ""
        raise CityloraError(
            f"nothing says when the event in {first}{more} was received; nothing was stored",
            f"give --assume-time NOW, or a time such as --assume-time {rfc3339.render(time.time_ns())[:19]}Z",
        )
    return found


def parts(recording: Recording, parse: Callable[[str, bytes], Message], assumed: int) -> Iterator[Part]:
    """The events of a file, in order; a line that is none becomes an event without a topic, which intake refuses.

    Args:
        recording: the file.
        parse: reads an event's own time.
        assumed: the time of what has none, ns UTC.
    """
    events: list[Event] = []
    size, near = 0, assumed
    for _, line in recording.lines():
        found = read(line)
        if found is None:
            # When it was written nobody knows: about when its neighbour was.
            events.append(Event(recording.name, "", line, near))
        else:
            at = found.at if found.at is not None else own_time(parse, found.topic, found.payload)
            near = assumed if at is None else at
            events.append(Event(recording.name, found.topic, found.payload, near, found.retained, found.cut))
        size += len(line) + 1
        if len(events) >= HANDOVER_EVENTS or size >= HANDOVER_BYTES:
            yield Part(events, size)
            events, size = [], 0
    if events:
        yield Part(events, size)


class FileSource:
    """Hands recorded events over to a running worker, no faster than its disk and its sinks take them."""

    def __init__(self, worker: Worker, log: Callable[[str], None]) -> None:
        self._worker = worker
        self._log = log
        self._told: set[str] = set()
        self._handed = 0
        self._room = threading.Semaphore(UNDER_WAY)
        worker.pipeline.acknowledge_to({SOURCE: self._acknowledged})

    def hand_over(self, events: list[Event]) -> None:
        """Give events to the worker; returns when it can take more.

        Raises:
            CityloraError: the worker has failed.
        """
        self._wait_for_disk()
        self._worker.pipeline.report(Handover(SOURCE, 0, events, [0] * len(events), self._handed))
        self._handed += len(events)
        self._wait_for_consumers(AHEAD)

    def drain(self) -> None:
        """Wait until everything is on disk, and every consumer has it.

        Raises:
            CityloraError: the worker has failed.
        """
        for _ in range(UNDER_WAY):
            self._wait_for_disk()
        self._room.release(UNDER_WAY)
        self._wait_for_consumers(0)

    def _acknowledged(self, _handover: Handover) -> None:
        self._room.release()

    def _wait_for_disk(self) -> None:
        while not self._room.acquire(timeout=1.0):
            self._look()

    def _wait_for_consumers(self, ahead: int) -> None:
        worker = self._worker
        while worker.consumers and worker.journal.last - min(one.cursor.seq for one in worker.consumers) > ahead:
            self._look()
            time.sleep(LOOK)

    def _look(self) -> None:
        """Fail with the worker, and say once what is waited for."""
        if self._worker.failed:
            raise CityloraError(self._worker.failed, "run it again: what was stored is not stored twice")
        reason = self._reason()
        if reason and reason not in self._told:
            self._told.add(reason)
            self._log(f"waiting: {reason}; Ctrl-C ends it, run it again for the rest")

    def _reason(self) -> str:
        """Why it does not go on; "" where it does, however slowly. What ails a sink the worker has logged."""
        away = [one.name for one in self._worker.consumers if one.health.trouble]
        if away:
            return f"{' and '.join(away)} cannot be written now"
        blocked, room = self._worker.pipeline.blocked, self._worker.pipeline.room
        if blocked is None:
            return ""
        return "the journal is full of what the sinks lack" if room is not None and room.stuck else blocked.reason
