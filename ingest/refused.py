"""What all consumers together hold in quarantine, and how it is tried again or given up.

An event that two sinks refused is one event. The files are read as they are; only a worker changes them: the one that
runs, else one that is made for the moment, without brokers.
"""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest import via_worker
from ingest.data_dir import consumer_file, read_consumer
from ingest.errors import DataDirError
from ingest.ledger import Ledger
from ingest.outlets import sink_names
from ingest.quarantine import Case, Quarantine
from ingest.sqlite import damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingest.config import Settings


class Refused(NamedTuple):
    """The events of one reason.

    Attributes:
        events: distinct ones, over all consumers.
        first_at: the earliest `received_at`, ns UTC; `last_at` the latest.
        example: the newest of them.
    """

    reason: str
    events: int
    consumers: tuple[str, ...]
    first_at: int
    last_at: int
    example: Case


def groups(settings: Settings) -> list[Refused]:
    """The reasons, the most frequent first."""
    times: dict[str, dict[int, int]] = {}
    holders: dict[str, dict[str, int]] = {}
    with _opened(settings) as quarantines:
        for name, quarantine in quarantines.items():
            for seq, reason, received_at in quarantine.index():
                times.setdefault(reason, {})[seq] = received_at
                holders.setdefault(reason, {})[name] = seq
        found = []
        for reason, by_seq in times.items():
            name, seq = max(holders[reason].items(), key=lambda holder: holder[1])
            example = quarantines[name].case(seq)
            if example is not None:
                span = (min(by_seq.values()), max(by_seq.values()))
                found.append(Refused(reason, len(by_seq), tuple(holders[reason]), *span, example))
    return sorted(found, key=lambda one: (-one.events, one.reason))


def cases(settings: Settings, reason: str, limit: int) -> list[Case]:
    """The newest events of one reason, newest first; of an event that two consumers hold, one's case."""
    found: dict[int, Case] = {}
    with _opened(settings) as quarantines:
        for quarantine in quarantines.values():
            for seq in sorted(seq for seq, one, _ in quarantine.index() if one == reason)[-limit:]:
                case = quarantine.case(seq) if seq not in found else None
                if case is not None:
                    found[seq] = case
    return [found[seq] for seq in sorted(found, reverse=True)[:limit]]


def case(settings: Settings, seq: int) -> dict[str, Case]:
    """One event, by the consumers that hold it."""
    with _opened(settings) as quarantines:
        found = {name: quarantine.case(seq) for name, quarantine in quarantines.items()}
    return {name: one for name, one in found.items() if one is not None}


def replay(settings: Settings, reason: str | None, log: Callable[[str], None]) -> dict[str, Any]:
    """Try again what is in quarantine: `{"store": {"stored": 3, "left": 0}}`.

    Raises:
        CityloraError: the worker refused or does not answer, or a sink cannot be asked now.
    """
    answer = via_worker.ask(settings, "replay", reason=reason)
    if answer is not None:
        return answer
    _held(settings)
    with via_worker.own(settings, log) as worker:
        done = {one.name: one.replay(reason) for one in worker.consumers}
    return {name: {"stored": stored, "left": left} for name, (stored, left) in done.items()}


def purge(settings: Settings, reason: str | None, log: Callable[[str], None]) -> dict[str, Any]:
    """Give up what is in quarantine: `{"store": {"purged": 3}}`.

    Raises:
        CityloraError: the worker refused, or does not answer.
    """
    answer = via_worker.ask(settings, "purge", reason=reason)
    if answer is not None:
        return answer
    _held(settings)
    with via_worker.own(settings, log) as worker:
        return {one.name: {"purged": one.purge(reason)} for one in worker.consumers}


@contextmanager
def _opened(settings: Settings) -> Iterator[dict[str, Quarantine]]:
    """Every sink's quarantine; that of `rollup`, which reads the same events, holds no others."""
    names = [name for name in sink_names(settings) if consumer_file(settings.data_dir, name).is_file()]
    if not names:
        raise _nothing(settings)
    with ExitStack() as files:
        opened = {name: files.enter_context(closing(read_consumer(settings.data_dir, name))) for name in names}
        try:
            yield {name: Quarantine(db, Ledger(db)) for name, db in opened.items()}
        except sqlite3.DatabaseError as error:
            raise damaged(settings.data_dir, error) from error


def _held(settings: Settings) -> None:
    if not any(consumer_file(settings.data_dir, name).is_file() for name in sink_names(settings)):
        raise _nothing(settings)


def _nothing(settings: Settings) -> DataDirError:
    return DataDirError(
        f"there is no quarantine in {settings.data_dir}: nothing was ever received here",
        "correct -c or --data, or begin with `citylora run`, `demo` or `ingest`",
    )
