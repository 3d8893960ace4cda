"""The good rows of a sheet become devices: several at a time, and a run that was broken off goes on where it was.

What is done is noted in a file beside the sheet, after server and registry both have it. A killed run leaves at most
some devices that are made and not noted: the next one finds them and adds what they lack. The file goes when the last
row was come to, so that a later run looks at everything anew.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gateways.chirpstack.admin.errors import AdminError
from ingest.i18n import said
from ingest.onboarding import carrying_out
from ingest.onboarding.carrying_out import DONE, Outcome, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gateways.chirpstack.admin.answers import NetworkServer
    from ingest.onboarding.carrying_out import Lists
    from ingest.onboarding.planning import Plan
    from ingest.onboarding.sheets import Row
    from ingest.onboarding.wanted import RootKey, Wanted
    from ingest.registry.site import Registry

BATCH = 40
"""Devices between two writings of the registry and of the notes."""

PARALLEL = 8
"""Devices at a time. ChirpStack on SQLite writes one at a time, whatever it is asked."""


class Options(NamedTuple):
    """What holds for all rows.

    Attributes:
        application: where the sheet names none; likewise profile and model.
        since: ns UTC from which on the devices are at their sites.
    """

    since: int
    application: str = ""
    profile: str = ""
    model: str = ""
    update: bool = False
    parallel: int = PARALLEL


class Ends(NamedTuple):
    """What an import works on.

    Attributes:
        registry: reads it.
        edit: changes it in one transaction.
    """

    server: NetworkServer
    registry: Callable[[], Registry]
    edit: Callable[[Callable[[Registry], Registry]], object]


class _Note(msgspec.Struct, frozen=True):
    row: str
    status: Status


def _for_us_alone(path: str, flags: int) -> int:
    """A guess at a key could be tried against a row's hash."""
    return os.open(path, flags, 0o600)


class Notes:
    """What of a sheet is done, in a file beside it. It has no key."""

    def __init__(self, sheet: Path, server: str) -> None:
        self._path = sheet.with_name(f".{sheet.name}.progress")
        self._server = server
        self.done = self._read()

    def __contains__(self, wanted: Wanted) -> bool:
        return self.of(wanted) in self.done

    def of(self, wanted: Wanted) -> str:
        """What tells a row from the same row after somebody has changed it, and from another server's."""
        fields = msgspec.structs.asdict(wanted) | {
            "app_key": _digits(wanted.app_key),
            "nwk_key": _digits(wanted.nwk_key),
        }
        return blake2b(repr((self._server, sorted(fields.items()))).encode(), digest_size=16).hexdigest()

    def add(self, done: Sequence[tuple[Wanted, Status]]) -> None:
        """Note them.

        Raises:
            OSError: the folder takes no file.
        """
        with open(self._path, "ab", opener=_for_us_alone) as file:
            file.writelines(msgspec.json.encode(_Note(self.of(wanted), status)) + b"\n" for wanted, status in done)

    def drop(self) -> None:
        """All is done."""
        self._path.unlink(missing_ok=True)

    def _read(self) -> dict[str, Status]:
        found: dict[str, Status] = {}
        try:
            lines = self._path.read_bytes().splitlines()
        except OSError:
            return found
        for line in lines:
            try:
                note = msgspec.json.decode(line, type=_Note)
            except msgspec.MsgspecError:  # the line at which it was killed
                continue
            found[note.row] = note.status
        return found


def run(
    ends: Ends,
    rows: Sequence[Row],
    options: Options,
    notes: Notes,
    *,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
    stopped: Callable[[], bool] = lambda: False,
) -> dict[int, Outcome]:
    """Make the devices of the rows that have one; what became of each, by line.

    Args:
        ends: server and registry.
        rows: of a sheet.
        options: for all of them.
        notes: of the sheet.
        progress: is told how many are through, of how many.
        stopped: asked between batches.

    Raises:
        AdminError: the server cannot be asked at all; nothing was done.
        OSError: the notes cannot be written.
    """
    wanted = {row.line: _completed(row.wanted, options) for row in rows if row.wanted}
    found = {
        line: Outcome(one.dev_eui, notes.done[notes.of(one)]) for line, one in wanted.items() if one in notes
    }  # fmt: skip
    left = [line for line in wanted if line not in found]
    common = carrying_out.lists(ends.server) if left else carrying_out.Lists((), ())
    with ThreadPoolExecutor(options.parallel) as pool:
        while left and not stopped():
            progress(len(found), len(wanted))
            batch, left = left[:BATCH], left[BATCH:]
            outcomes = _batch(pool, ends, common, [wanted[line] for line in batch], options)
            notes.add([
                (wanted[line], one.status) for line, one in zip(batch, outcomes, strict=True) if one.status in DONE
            ])  # fmt: skip
            found |= dict(zip(batch, outcomes, strict=True))
            if all(one.passing for one in outcomes):
                break
    found |= {line: Outcome(wanted[line].dev_eui, "failed", (said("plan.not_started"),), passing=True) for line in left}
    progress(len(found) - len(left), len(wanted))
    if not any(one.passing for one in found.values()):
        notes.drop()
    return found


def foretell(server: NetworkServer, registry: Registry, rows: Sequence[Row], options: Options) -> dict[int, Outcome]:
    """What `run` would do, by line; nothing is changed.

    Raises:
        AdminError: the server cannot be asked at all.
    """
    common = carrying_out.lists(server)

    def one(wanted: Wanted) -> Outcome:
        try:
            work = carrying_out.planned(server, common, registry, wanted, since=options.since, update=options.update)
        except AdminError as error:
            return carrying_out.failed(wanted.dev_eui, error)
        return carrying_out.foretold(work)

    good = {row.line: _completed(row.wanted, options) for row in rows if row.wanted}
    with ThreadPoolExecutor(options.parallel) as pool:
        return dict(zip(good, pool.map(one, good.values()), strict=True))


def _batch(
    pool: ThreadPoolExecutor, ends: Ends, common: Lists, wanted: Sequence[Wanted], options: Options
) -> list[Outcome]:
    """The server's part in parallel, then the registry's in one transaction; each alone where that fails."""
    registry = ends.registry()

    def one(device: Wanted) -> tuple[Plan | None, Outcome]:
        try:
            work = carrying_out.planned(
                ends.server, common, registry, device, since=options.since, update=options.update
            )
            return work, carrying_out.at_server(work, ends.server)
        except AdminError as error:
            return None, carrying_out.failed(device.dev_eui, error)

    both = list(pool.map(one, wanted))
    works = [work for work, outcome in both if work and _recorded(outcome)]
    if carrying_out.record(works, ends.edit) is None:
        return [outcome for _, outcome in both]
    return [_alone(work, outcome, ends) for work, outcome in both]


def _alone(work: Plan | None, outcome: Outcome, ends: Ends) -> Outcome:
    trouble = carrying_out.record([work], ends.edit) if work and _recorded(outcome) else None
    return outcome._replace(status="failed", said=(trouble, *outcome.said)) if trouble else outcome


def _recorded(outcome: Outcome) -> bool:
    """Whether the registry gets its part: the device is there, however it differs."""
    return outcome.status in (*DONE, "differs")


def _completed(wanted: Wanted, options: Options) -> Wanted:
    return msgspec.structs.replace(
        wanted,
        application=wanted.application or options.application,
        profile=wanted.profile or options.profile,
        model=wanted.model or options.model,
    )


def _digits(key: RootKey | None) -> str:
    return key.reveal() if key else ""
