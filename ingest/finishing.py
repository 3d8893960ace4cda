"""A worker of a command's own ends with everything made and delivered, since no other may come for days."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from ingest.errors import CityloraError
from ingest.rollup.derived_log import DerivedReader
from ingest.rollup.sink import RollupSink

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.app import Worker
    from ingest.consumer.consumer import Consumer
    from ingest.consumer.desk import Desk

LOOK = 0.02
"""Seconds between two looks."""

PATIENCE = 30.0
"""Seconds for which one that is in trouble is waited for: what it lacks is kept, and the next worker brings it."""


def finish(worker: Worker, log: Callable[[str], None]) -> None:
    """Wait until every hour and day that is over is made, what is dirty again too, and the sinks have them.

    It waits as long as it takes, but for what is in trouble, of which it says so and goes on.

    Raises:
        CityloraError: the worker has failed.
    """
    rollup = next((one for one in worker.consumers if one.name == RollupSink.name), None)
    if rollup is None:
        return
    _wait(worker, log, lambda: [one for one in worker.consumers if worker.journal.last > one.cursor.seq])
    rollup.desk(_tidy)
    _wait(worker, log, lambda: [rollup] if _busy(rollup) else [])
    with closing(DerivedReader(worker.settings.data_dir)) as derived:
        _wait(
            worker, log, lambda: [one for one in worker.consumers if one.derived and derived.pending(one.derived.seq)]
        )


def _tidy(desk: Desk) -> None:
    if isinstance(desk.sink, RollupSink):
        desk.sink.tidy()


def _busy(rollup: Consumer) -> bool:
    """Have it work for a second, about; false where it has nothing more to do."""
    ends = time.monotonic() + 1.0
    while time.monotonic() < ends and not rollup.ails:
        if not rollup.finish():
            return False
    return rollup.finish()


def _wait(worker: Worker, log: Callable[[str], None], behind: Callable[[], list[Consumer]]) -> None:
    """Until none is behind, or all that are have been in trouble for `PATIENCE`."""
    well = time.monotonic()
    while late := behind():
        if worker.failed:
            raise CityloraError(worker.failed, "run it again: what was done is not lost")
        troubles = [one for one in late if one.ails]
        if len(troubles) < len(late):
            well = time.monotonic()
        if time.monotonic() - well >= PATIENCE:
            names = " and ".join(one.name for one in troubles)
            log(f"{names} cannot be written now: the next worker brings what it lacks")
            return
        time.sleep(LOOK)
