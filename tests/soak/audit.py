"""The account at the end: what the brokers took, what the journal has of it, and what the sinks have of that."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from ingest.audit.verify import verify
from ingest.journal.entry import Verdict
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE
from tests.soak.load import identity, read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.e2e.harness import Site
    from tests.soak.load import Taken

FORGETS = 35.0
"""Seconds before it was killed from which a broker may have lost something: it writes itself down every 30."""

NOTICED = 1.0  # s by which a publisher may notice an acknowledgement late
_READ = 20_000  # events at a time


class Account(NamedTuple):
    """What became of the events.

    Attributes:
        taken: that the brokers acknowledged, by kind; `kept` those of the journal that are no duplicates.
        forgotten: that a broker took and lost when it was killed, before it had handed them over.
        missing: that were taken and are not in the journal, and no broker's death explains it.
        twice: kept more than once.
        unknown: kept, but no broker is known to have taken them.
        wrong: everything else that is not as it must be, a line each.
    """

    taken: Counter[str]
    kept: Counter[str]
    forgotten: int
    missing: int
    twice: int
    unknown: int
    wrong: list[str]


def audit(site: Site, records: Sequence[Path], broker_kills: Sequence[tuple[int, float]]) -> Account:
    """Hold everything to account; the worker has ended."""
    times, kept = _journal(site)
    return compare(times, kept, [read(record) for record in records], broker_kills)._replace(wrong=_wrong(site, kept))


def compare(
    times: Counter[bytes],
    kept: Counter[str],
    records: Sequence[Sequence[Taken]],
    broker_kills: Sequence[tuple[int, float]],
) -> Account:
    """What the brokers took, a record each, against how often the journal has each event; `wrong` stays empty."""
    taken: Counter[str] = Counter()
    forgotten = missing = 0
    known: set[bytes] = set()
    for number, record in enumerate(records):
        deaths = [at for broker, at in broker_kills if broker == number]
        for one in record:
            taken[one.kind] += 1
            known.add(one.identity)
            if one.identity not in times:
                explained = _explained(one, deaths)
                forgotten += explained
                missing += not explained
    twice = sum(count - 1 for count in times.values())
    return Account(taken, kept, forgotten, missing, twice, len(times.keys() - known), [])


def _journal(site: Site) -> tuple[Counter[bytes], Counter[str]]:
    """How often each event was kept, and how many of each kind."""
    times: Counter[bytes] = Counter()
    kinds: Counter[str] = Counter()
    with closing(SqliteReader(site.data / FILE)) as reader:
        through = 0
        while blocks := reader.read(through, _READ):
            for entry in (entry for block in blocks for entry in block.entries):
                if entry.verdict != Verdict.DUPLICATE:
                    times[identity(entry.topic, entry.payload)] += 1
                    kinds[entry.topic.rpartition("/")[2]] += 1
            through = blocks[-1].last
    return times, kinds


def _explained(one: Taken, deaths: Sequence[float]) -> bool:
    return any(death - FORGETS < one.at < death + NOTICED for death in deaths)


def _wrong(site: Site, kept: Counter[str]) -> list[str]:
    wrong = list(verify(site.data, site.consumers))
    state = site.state()
    if not state.identity.adds_up:
        wrong.append(f"the ledger does not add up: {state.identity}")
    if state.identity.pending or state.identity.evicted or state.identity.quarantined:
        wrong.append(f"not all is stored: {state.identity}")
    found = {f"{account.name}'s ledger": Counter(account.stored_by_kind) for account in state.accounts}
    found |= {"the store": site.rows_in_store(), "InfluxDB": site.rows_in_influxdb()}
    wrong += [f"{name} has {dict(has)}, the journal {dict(kept)}" for name, has in found.items() if has != kept]
    return wrong
