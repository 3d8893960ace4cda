"""What is published: a file of the simulator's events for a broker's queue, or events of the present moment at a rate.

`python -m tests.bench.load` does the latter from a process of its own, since who measures must not wait for it.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gateways.simulator import MIXES, City
from gateways.simulator.json_text import timestamp
from tests.bench.wire import Publisher, frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SEED = 1
QUEUED_RATE = 1_000.0  # uplinks a second, by the events' own times
MARGIN_NS = 60 * 10**9
TICK = 0.001  # s between two looks at what is due
SAMPLED = 10
"""So many devices speak far more often than the others and are watched one by one."""

SAMPLE_EVERY = 20
"""Each so manyth uplink is of a sampled device."""

BACKHAUL = 1_700_000
"""ns: the simulator's latest `nsTime` after the time that it is told, so no event is from the future."""

HOLES = re.compile(rb'("deduplicationId":"[^"]{8}|"(?:time|nsTime|gwTime)":"|"fCnt":)([^",]*)')


class Queue:
    """Events in a file, framed as they go over the wire, the last of them just before now.

    Args:
        path: the file.
        messages: how many.
        devices: of the city.
        spoil: changes the payload of an event by its number; None makes it one whose points will be refused.
        mix: of the city's models.

    Attributes:
        rows: uplinks that InfluxDB will have a row of.
        last_device: DevEUI in the last event, and `rows_of_last_device` how many rows it will have.
        json_bytes: of all payloads.
    """

    def __init__(
        self,
        path: Path,
        messages: int,
        devices: int,
        spoil: Callable[[int, bytes], Spoiled] | None = None,
        *,
        mix: str = "core",
    ) -> None:
        self._path, self.messages = path, messages
        self.json_bytes = self.rows = 0
        start = time.time_ns() - int(messages / QUEUED_RATE * 1e9) - MARGIN_NS
        rows: dict[str, int] = {}
        topic = ""
        with path.open("wb") as file:
            stream = City(devices, SEED, models=MIXES[mix]).stream(start, QUEUED_RATE)
            for number, (_, topic, clean) in enumerate(islice(stream, messages)):
                payload, kept = spoil(number, clean) if spoil else Spoiled(clean)
                self.json_bytes += len(payload)
                self.rows += kept
                rows[topic] = rows.get(topic, 0) + kept
                file.write(frame(number, topic, payload))
        self.last_device, self.rows_of_last_device = dev_eui(topic), rows[topic]

    def publish(self, port: int) -> None:
        """Put all of it into the queues of the sessions that subscribe to it."""
        with Publisher(port) as publisher:
            publisher.send(self._path.read_bytes())
            publisher.settle(self.messages)


class Spoiled(NamedTuple):
    """An event's payload, and whether InfluxDB will take its `radio` row."""

    payload: bytes
    kept: bool = True


def dev_eui(topic: str) -> str:
    """The device that a topic names."""
    return topic.split("/")[3]


class Speaker(Protocol):
    """A device that can be made to speak."""

    topic: str

    def now(self, number: int) -> bytes:
        """Its next event, heard now; `number` is unique."""
        ...


class Fresh:
    """A device of the simulator: every event is new in all its parts, at some 40 us of CPU."""

    def __init__(self, city: City, index: int) -> None:
        self._city, self._index = city, index
        self.topic, _ = city.uplink(index, time.time_ns() - MARGIN_NS)

    def now(self, _number: int) -> bytes:
        """An event whose `nsTime` is up to 1.4 ms ago."""
        return self._city.uplink(self._index, time.time_ns() - BACKHAUL)[1]


class Recurring:
    """One device's event over again: new identity, counter and times, the same payload; some 5 us."""

    def __init__(self, city: City, index: int) -> None:
        self.topic, payload = city.uplink(index, time.time_ns() - MARGIN_NS)
        self._count = 0
        self._parts: list[bytes] = HOLES.split(payload)
        self._holes = [(place, self._parts[place - 1]) for place in range(2, len(self._parts), 3)]

    def now(self, number: int) -> bytes:
        """The event as if all its clocks read the present time."""
        self._count += 1
        stamp = timestamp(time.time_ns())
        for place, key in self._holes:
            if key.startswith(b'"dedup'):
                self._parts[place] = b"-0000-4000-8000-%012x" % number
            else:
                self._parts[place] = b"%d" % self._count if key == b'"fCnt":' else stamp
        return b"".join(self._parts)


def sampled(devices: int) -> list[str]:
    """The DevEUIs of the sampled devices."""
    return [device.dev_eui for device in City(devices, SEED).devices[:SAMPLED]]


def _turns(speakers: list[Speaker]) -> Iterator[Speaker]:
    """Who speaks next: the sampled devices at their times, the others in turn."""
    number = 0
    while True:
        for speaker in speakers[SAMPLED:]:
            if number % SAMPLE_EVERY == 0:
                yield speakers[number // SAMPLE_EVERY % SAMPLED]
                number += 1
            yield speaker
            number += 1


class Published(NamedTuple):
    """What a publisher did: messages that the broker has taken, bytes of their payloads, seconds that it took."""

    messages: int
    json_bytes: int
    seconds: float


def publish(port: int, speakers: list[Speaker], rate: float, seconds: float) -> Published:
    """Publish at a steady rate, each event stamped as it is made."""
    turns, total, sent, size = _turns(speakers), round(rate * seconds), 0, 0
    with Publisher(port) as publisher:
        began = time.monotonic()
        while sent < total:
            due = min(total, int((time.monotonic() - began) * rate))
            frames = []
            for number, speaker in zip(range(sent, due), turns, strict=False):
                payload = speaker.now(number)
                size += len(payload)
                frames.append(frame(number, speaker.topic, payload))
            sent = due
            publisher.send(b"".join(frames))
            time.sleep(TICK)
        publisher.settle(total)
        return Published(publisher.acknowledged, size, round(time.monotonic() - began, 3))


def main() -> None:
    """Publish, then print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--devices", type=int, required=True)
    parser.add_argument("--rate", type=float, required=True, help="uplinks a second")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--recurring", action="store_true", help="the same payloads again and again, for high rates")
    options = parser.parse_args()
    kind = Recurring if options.recurring else Fresh
    city = City(options.devices, SEED)
    speakers: list[Speaker] = [kind(city, index) for index in range(options.devices)]
    print(json.dumps(publish(options.port, speakers, options.rate, options.seconds)._asdict()))


if __name__ == "__main__":
    main()
