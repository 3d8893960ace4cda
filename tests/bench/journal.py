"""The journal's size on disk and its share of the CPU."""

from __future__ import annotations

import time
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from gateways.chirpstack import events
from gateways.simulator import City
from gateways.uplink import Event
from ingest.intake.intake import Intake
from ingest.journal.writer import FILE, SqliteJournal
from ingest.pipeline import COMMIT_EVENTS, REMEMBER_EVENTS, REMEMBER_SECONDS
from tests.bench.load import SEED
from tests.bench.steady import Load, steady
from tests.bench.subjects import Citylora

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.bench.options import Options, Result

FULL_RATE = 5_000.0
HOURS = 6
"""Of a city that says one thing a second: more than it takes until the dictionary is trained."""


class Written(NamedTuple):
    """What a journal came to.

    Attributes:
        json_bytes: given to it.
        disk_bytes: of its files in the end.
        cpu_us: an event, by what it was spent on.
    """

    json_bytes: int
    disk_bytes: int
    cpu_us: dict[str, float]

    @property
    def ratio(self) -> float:
        """Bytes on disk for each byte of JSON."""
        return round(self.disk_bytes / self.json_bytes, 4)


def journal(options: Options) -> Result:
    """Bytes on disk for each byte of JSON at 1/s and 1,000/s, everything included; CPU at full rate."""
    with options.scratch() as folder:
        slow = write(folder / "slow", _events(options.devices, HOURS * 3600, 1.0), 1, round(REMEMBER_SECONDS))
        full = write(folder / "full", _events(options.devices, 100_000, FULL_RATE), COMMIT_EVENTS, REMEMBER_EVENTS)
        live = _live(options, folder / "live")
    return {
        "ratio_at_1_a_second": slow.ratio,
        "uplinks_at_1_a_second": HOURS * 3600,
        **live,
        "ratio_at_full_rate": full.ratio,
        **{f"full_rate_{name}_cpu_us_an_uplink": round(cost, 2) for name, cost in full.cpu_us.items()},
        "full_rate_cpu_us_an_uplink": round(sum(full.cpu_us.values()), 2),
        "restored_identical": True,
    }


def write(folder: Path, given: Sequence[Event], commit: int, remember: int) -> Written:
    """Journal the events, so many a commit, as intake's thread does; ValueError where they are not read back as given.

    Args:
        folder: is made.
        given: in order.
        commit: events of one commit.
        remember: after how many events what intake knows of the devices is written down.
    """
    folder.mkdir()
    writer, intake, costs = SqliteJournal(folder), Intake(events.parse), _Costs()
    for first in range(0, len(given), commit):
        judged = [intake.judge(event) for event in given[first : first + commit]]
        entries, identities = [one.entry for one in judged], b"".join([one.identity for one in judged])
        with costs.of("append"):
            writer.append(entries, identities, intake.take_tally())
        with costs.of("tidy"):  # trains the dictionary, checkpoints
            writer.tidy()
        if (first + commit) % remember == 0:
            with costs.of("remember"):
                writer.remember(intake.take_changed())
    writer.remember(intake.take_changed())
    writer.checkpoint()
    _compare(writer, given)
    writer.close()
    cpu_us = {name: seconds / len(given) * 1e6 for name, seconds in costs.seconds.items()}
    return Written(sum(len(event.payload) for event in given), disk_bytes(folder), cpu_us)


class _Costs:
    """CPU seconds of this process by what they were spent on."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        before = time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - before


def disk_bytes(folder: Path) -> int:
    """Bytes that the journal's files take."""
    return sum(path.stat().st_size for path in folder.glob(f"{FILE}*"))


def _compare(writer: SqliteJournal, given: Sequence[Event]) -> None:
    reader = writer.reader()
    blocks = reader.read(0, len(given) + 1)
    reader.close()
    restored = [(entry.topic, entry.payload) for block in blocks for entry in block.entries]
    if restored != [(event.topic, event.payload) for event in given]:
        raise ValueError("the journal does not give back what it was given")


def _events(devices: int, count: int, rate: float) -> list[Event]:
    stream = islice(City(devices, SEED).stream(time.time_ns(), rate), count)
    return [Event("mosquitto", topic, payload, at) for at, topic, payload in stream]


def _live(options: Options, folder: Path) -> Result:
    """The files of a worker that took 1,000 uplinks a second, after its end."""
    with steady(folder, Load("citylora", options.devices, 1_000.0, options.seconds)) as running:
        published = running.published()
        running.settle(published.messages)
        running.process.stop()
        subject = running.subject
        if not isinstance(subject, Citylora):
            raise TypeError(f"{subject.name} has no journal of ours")
        size = disk_bytes(subject.data)
    return {
        "ratio_at_1000_a_second": round(size / published.json_bytes, 4),
        "uplinks_at_1000_a_second": published.messages,
    }
