"""Reads what a report rests on: the roll-ups and the registry of a data directory. No sink is asked."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from ingest.errors import CityloraError
from ingest.monthly.gather import gather
from ingest.monthly.model import Kept
from ingest.registry import file, moves
from ingest.rollup.means import HOUR
from ingest.rollup.reading import open_rollups

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.monthly.model import Asked, Report
    from ingest.monthly.month import Month
from ingest.rollup.reading import Rollups

LOOK_BACK = 92 * 24 * HOUR
"""How long before the month a quantity must have been measured for its absence to be told as no coverage."""


def read(folder: Path, asked: Asked, month: Month) -> Report:
    """The report of a month, from a data directory; it ends before the first day that is still to be made.

    Raises:
        CityloraError: there is nothing to report, no day is closed, or no such site.
        DataDirError: a file is damaged, or a newer citylora has written it.
    """
    registry, rollups = file.read(folder), open_rollups(folder)
    if rollups is None:
        raise CityloraError(
            f"no days have been worked out in {folder}",
            "a worker with `[rollup] enabled = true` makes them; `citylora rollup rebuild` makes those of the journal",
        )
    with closing(rollups):
        known = rollups.sites()
        for site in asked.sites:
            if site not in known and site not in registry.sites:
                raise moves.unknown_site(registry, site)
        month = month.through(rollups.settled(month.since, month.until, asked.sites))
        return gather(asked, month, registry, known, lambda site: _kept(rollups, site, month))


def _kept(rollups: Rollups, site: str, month: Month) -> Kept:
    return Kept(
        rollups.days(site, month.since - LOOK_BACK, month.since),
        rollups.days(site, month.since, month.until),
        partial(rollups.hours, site),
    )
