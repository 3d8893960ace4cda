"""Do two workers get in each other's way? Two that take the same events store all of them twice, each for itself."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from gateways.chirpstack.topics import overlap
from ingest.doctor.finding import Finding, is_here

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.config import Broker, Settings


def compare(workers: Sequence[tuple[str, Settings]]) -> Iterator[Finding]:
    """Hold each worker's configuration (its file, and what is in it) against each other's."""
    for (one, mine), (other, theirs) in combinations(workers, 2):
        subject = f"{one} and {other}"
        found = [*_same_data(subject, mine, theirs), *_same_session(subject, mine, theirs)]
        found += _same_events(subject, mine, theirs)
        yield from found or [Finding("kept apart", subject, "ok", "no event, session or file in common")]


def _same_data(subject: str, mine: Settings, theirs: Settings) -> Iterator[Finding]:
    if mine.data_dir.resolve() == theirs.data_dir.resolve():
        said = f"both keep their files in {mine.data_dir}: the second one would not start"
        yield Finding("data directory", subject, "fail", said, "give each worker a data_dir of its own")


def _same_session(subject: str, mine: Settings, theirs: Settings) -> Iterator[Finding]:
    for one, other in _at_one_place(mine, theirs):
        if one.client_id == other.client_id:
            said = (
                f'both are "{one.client_id}" at {one.host}:{one.port}: they would throw each other out, again and again'
            )
            yield Finding("client id", subject, "fail", said, "give each worker a client_id of its own")


def _same_events(subject: str, mine: Settings, theirs: Settings) -> Iterator[Finding]:
    for one, other in _at_one_place(mine, theirs):
        pairs = [(a, b) for a in _topics(mine, one) for b in _topics(theirs, other) if overlap(a, b)]
        if pairs:
            said = f'"{pairs[0][0]}" and "{pairs[0][1]}" reach the same events at {one.host}:{one.port}'
            more = f" ({len(pairs)} such pairs)" if len(pairs) > 1 else ""
            remedy = "name other applications in each, and let one of them alone take the gateways (gateways = false)"
            yield Finding("events", subject, "fail", said + more, remedy)


def _at_one_place(mine: Settings, theirs: Settings) -> Iterator[tuple[Broker, Broker]]:
    for one in mine.broker:
        for other in theirs.broker:
            if _place(one) == _place(other):
                yield one, other


def _place(broker: Broker) -> tuple[str, int]:
    return "localhost" if is_here(broker.host) else broker.host.lower().rstrip("."), broker.port


def _topics(settings: Settings, broker: Broker) -> list[str]:
    return [topic for lns in settings.lns if lns.broker == broker.name for topic in lns.topics]
