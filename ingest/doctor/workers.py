"""Do two workers get in each other's way? Two that take the same events store all of them twice, each for itself."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from gateways.chirpstack.topics import overlap
from ingest.doctor.finding import Finding, is_here
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.config import Broker, Settings


def compare(workers: Sequence[tuple[str, Settings]]) -> Iterator[Finding]:
    """Hold each worker's configuration (its file, and what is in it) against each other's."""
    for (one, mine), (other, theirs) in combinations(workers, 2):
        subject = f"{one} and {other}"
        found = [*_same_data(subject, mine, theirs), *_same_session(subject, mine, theirs)]
        found += _same_events(subject, mine, theirs)
        yield from found or [Finding("kept apart", subject, "ok", said("doctor_plan.apart"))]


def _same_data(subject: str, mine: Settings, theirs: Settings) -> Iterator[Finding]:
    if mine.data_dir.resolve() == theirs.data_dir.resolve():
        observed = said("doctor_plan.same_data", path=str(mine.data_dir))
        yield Finding("data directory", subject, "fail", observed, said("doctor_plan.same_data_remedy"))


def _same_session(subject: str, mine: Settings, theirs: Settings) -> Iterator[Finding]:
    for one, other in _at_one_place(mine, theirs):
        if one.client_id == other.client_id:
            observed = said("doctor_plan.same_id", name=one.client_id, address=f"{one.host}:{one.port}")
            yield Finding("client id", subject, "fail", observed, said("doctor_plan.same_id_remedy"))


def _same_events(subject: str, mine: Settings, theirs: Settings) -> Iterator[Finding]:
    for one, other in _at_one_place(mine, theirs):
        pairs = [(a, b) for a in _topics(mine, one) for b in _topics(theirs, other) if overlap(a, b)]
        if pairs:
            key = "doctor_plan.same_events_pairs" if len(pairs) > 1 else "doctor_plan.same_events"
            address = f"{one.host}:{one.port}"
            observed = said(key, one=pairs[0][0], other=pairs[0][1], address=address, pairs=len(pairs))
            yield Finding("events", subject, "fail", observed, said("doctor_plan.same_events_remedy"))


def _at_one_place(mine: Settings, theirs: Settings) -> Iterator[tuple[Broker, Broker]]:
    for one in mine.broker:
        for other in theirs.broker:
            if _place(one) == _place(other):
                yield one, other


def _place(broker: Broker) -> tuple[str, int]:
    return "localhost" if is_here(broker.host) else broker.host.lower().rstrip("."), broker.port


def _topics(settings: Settings, broker: Broker) -> list[str]:
    return [topic for lns in settings.lns if lns.broker == broker.name for topic in lns.topics]
