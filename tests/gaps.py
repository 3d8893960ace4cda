"""`python -m tests.gaps`: what is found of frames whose fate is known, the table of docs/gaps.md; `--write` writes it.

Each scenario is one kind of trouble for the city of `tests.fakes.lossy`, but for one that has several. Two more are the
simulator's, whose world has joins, repetitions and oddities.
"""

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from gateways.chirpstack.events import parse
from gateways.simulator import City, Life
from gateways.uplink import Event, Uplink
from ingest.intake.intake import Intake
from ingest.journal.entry import Cause
from tests.fakes.lossy import DELAY, HOUR, LENGTH, MINUTE, SECOND, SOURCE, Key, Note, World, conn, reset_log
from tests.fakes.uplinks import START

DOCUMENT = Path(__file__).parents[1] / "docs" / "gaps.md"
TABLE = re.compile(r"(?<=<!-- truth -->\n).*?(?=<!-- end -->)", re.DOTALL)


def _interrupted(kind: str, at: int) -> Note:
    return lambda intake: intake.interrupted(kind, SOURCE, at)


def _not_queued(intake: Intake) -> None:
    intake.queued(SOURCE, queued=False)


# What can happen. Times are ns after the beginning; the first two hours are for learning what is usual.


def radio_loss(world: World) -> None:
    """One frame in twenty is heard by nobody."""
    world.lose((frame for frame in world.frames if world.draw.random() < 0.05), Cause.RADIO)


def shared_band(world: World) -> None:
    """The same, and another network's device is heard by each gateway once a minute."""
    world.foreign = 0.5
    radio_loss(world)


def rare_guests(world: World) -> None:
    """The same, and another network's device is heard by each gateway once in ten minutes."""
    world.foreign = 0.05
    radio_loss(world)


def overload(world: World) -> None:
    """The server is too slow, and drops one frame in fifty without a word."""
    world.lose((frame for frame in world.between(2 * HOUR, LENGTH) if world.draw.random() < 0.02), Cause.NETWORK)


def server_outage(world: World) -> None:
    """The network server is away three times; the gateways' reports go on."""
    for hour, minutes in ((3, 2), (4, 12), (6, 45)):
        world.lose(world.between(hour * HOUR, hour * HOUR + minutes * MINUTE), Cause.NETWORK)


def forgetful_broker(world: World) -> None:
    """The broker is killed with what it had queued while we were away."""
    for hour, minutes in ((3, 1), (5, 20)):
        since, until = hour * HOUR, hour * HOUR + minutes * MINUTE
        world.lose(world.between(since, until), Cause.NETWORK)
        world.mute.append((since, until, None))
        world.extra.append((START + until, _interrupted("session_lost", START + until)))


def nothing_queued(world: World) -> None:
    """Uplinks come at QoS 0, the server's default: what is published while we are away is lost."""
    world.extra.append((START, _not_queued))
    for hour, minutes in ((3, 1), (5, 20)):
        since, until = hour * HOUR, hour * HOUR + minutes * MINUTE
        world.lose(world.between(since, until), Cause.NETWORK)
        world.mute.append((since, until, None))
        world.extra.append((START + since, _interrupted("connection_lost", START + since)))
        world.extra.append((START + until, _interrupted("session_opened", START + until)))


def backhaul_outage(world: World) -> None:
    """A gateway is offline for half an hour and keeps nothing."""
    since, until = 4 * HOUR, 4 * HOUR + 30 * MINUTE
    _offline(world, since, until)
    for frame in world.between(since, until):
        if frame.heard == (1,):
            world.lose([frame], Cause.NETWORK)
        frame.heard = tuple(gateway for gateway in frame.heard if gateway != 1)


def emptied_buffer(world: World) -> None:
    """A gateway is offline for half an hour, then hands over all at once; the server keeps two of five.

    Of one in three of the others it says so in a log, before or after.
    """
    since, until = 4 * HOUR, 4 * HOUR + 30 * MINUTE
    _offline(world, since, until)
    for number, frame in enumerate(world.between(since, until)):
        if frame.heard == (1,):
            frame.ns = START + until + number * 20_000_000
            if world.draw.random() < 0.6:
                world.lose([frame], Cause.NETWORK)
                if world.draw.random() < 1 / 3:
                    at = frame.ns + world.draw.randrange(2 * DELAY)
                    world.extra.append((at, reset_log(frame, at)))
        else:
            frame.heard = tuple(gateway for gateway in frame.heard if gateway != 1)


def _offline(world: World, since: int, until: int) -> None:
    world.mute.append((since, until + MINUTE, 1))
    noticed = START + since + 45 * SECOND
    world.extra += [(noticed, conn(1, noticed, online=False)), (START + until, conn(1, START + until, online=True))]
    world.extra.append((START, conn(1, START, online=True)))


def own_drop(world: World) -> None:
    """Our process drops what a source has handed over, three times."""
    world.drops += [range(2000, 2010), range(3000, 3100), range(4000, 4003)]


def everything(world: World) -> None:
    """All of it in one day."""
    for trouble in (radio_loss, server_outage, own_drop):
        trouble(world)
    world.lose((frame for frame in world.between(7 * HOUR, LENGTH) if world.draw.random() < 0.05), Cause.NETWORK)


class Scenario(NamedTuple):
    """One row of the table, or more: one for each true cause.

    Attributes:
        name: for people.
        found: for each true cause, how often each was found.
    """

    name: str
    found: dict[Cause, Counter[Cause]]


WORLDS: dict[str, tuple[Callable[[World], None], bool]] = {
    "radio loss": (radio_loss, True),
    "radio loss, gateways report nothing": (radio_loss, False),
    "radio loss, a band shared with others": (shared_band, True),
    "radio loss, a foreign frame in ten minutes": (rare_guests, True),
    "server drops some without a word": (overload, True),
    "server away": (server_outage, True),
    "server away, gateways report nothing": (server_outage, False),
    "broker that forgot": (forgetful_broker, False),
    "away, nothing queued (QoS 0)": (nothing_queued, False),
    "gateway offline": (backhaul_outage, True),
    "gateway offline, then all at once": (emptied_buffer, True),
    "our own drop, on purpose": (own_drop, True),
    "radio loss, server away, server drops, our own drop": (everything, True),
}


SIMULATED: dict[str, dict[str, float]] = {
    "simulator: radio loss": {"radio_loss": 0.05},
    "simulator: several frames at once, the newest wins": {"bursts": 0.02},
}


def missing(intake: Intake, wire: Iterable[Event | Note]) -> dict[Key, Cause]:
    """The frames that are missing at the end, with their causes; the tallies agree at every moment."""
    found: dict[Key, Cause] = {}
    counts: Counter[str] = Counter()
    for one in wire:
        if not isinstance(one, Event):
            one(intake)
            continue
        judged = intake.judge(one)
        counts.update(intake.take_tally())
        if isinstance(judged.message, Uplink):
            dev_eui, dev_addr, f_cnt = _key(judged.message)
            cause = Cause(judged.entry.cause)
            if judged.entry.gap < 0:
                assert found.pop((dev_eui, dev_addr, f_cnt)) is cause
            for skipped in range(f_cnt - judged.entry.gap, f_cnt):
                found[dev_eui, dev_addr, skipped] = cause
        parts = [counts[f"missing_{cause.word}"] for cause in Cause]
        assert min(parts) >= 0
        assert sum(parts) == counts["missing_fcnt"] == len(found)
    return found


def _compare(name: str, truth: dict[Key, Cause], found: dict[Key, Cause]) -> Scenario:
    counts: dict[Cause, Counter[Cause]] = {}
    for key, cause in found.items():
        counts.setdefault(truth[key], Counter())[cause] += 1
    return Scenario(name, counts)


def play(name: str) -> Scenario:
    """One of `WORLDS`."""
    trouble, stats = WORLDS[name]
    world = World(stats=stats)
    trouble(world)
    wire = list(world.wire())
    came = {_key(up) for up in _uplinks(wire)}
    truth = {frame.key: frame.fate or Cause.LOST for frame in world.frames if frame.key not in came}
    return _compare(name, truth, missing(Intake(parse), wire))


def _key(up: Uplink) -> Key:
    return up.device.dev_eui, up.dev_addr, up.f_cnt


def _uplinks(wire: Iterable[Event | Note]) -> Iterator[Uplink]:
    for one in wire:
        message = parse(one.topic, one.payload) if isinstance(one, Event) else None
        if isinstance(message, Uplink):
            yield message


def simulated(name: str, *, radio_loss: float = 0.0, bursts: float = 0.0) -> Scenario:
    """A day of the simulator, whose gateways report seldom and whose devices join, repeat and err."""
    life = Life(City(120, 1), radio_loss=radio_loss, bursts=bursts)
    events = [Event(SOURCE, one.topic, one.payload, one.at + DELAY) for one in islice(life.stream(START, 0.2), 6000)]
    found = missing(Intake(parse), events)
    causes = {"radio": Cause.RADIO, "burst": Cause.NETWORK}
    return _compare(name, {(lost.dev_eui, lost.dev_addr, lost.f_cnt): causes[lost.cause] for lost in life.lost}, found)


def scenarios() -> list[Scenario]:
    """All of them."""
    return [*map(play, WORLDS), *(simulated(name, **options) for name, options in SIMULATED.items())]


def table(rows: Iterable[Scenario]) -> str:
    """In Markdown."""
    columns = (Cause.RADIO, Cause.NETWORK, Cause.LOST, Cause.UNKNOWN)
    lines = [
        "| what happened | the truth | frames | " + " | ".join(f"`{cause.word}`" for cause in columns) + " |",
        "|---|---|" + "--:|" * 5,
    ]
    for row in rows:
        for truth, counts in sorted(row.found.items()):
            numbers = " | ".join(str(counts[cause]) for cause in columns)
            lines.append(f"| {row.name} | `{truth.word}` | {counts.total()} | {numbers} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    text = table(scenarios())
    print(text)
    if "--write" in sys.argv:
        DOCUMENT.write_text(TABLE.sub(lambda _: text, DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
