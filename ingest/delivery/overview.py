"""How alerts stand, for whoever watches: what fires, who is still to be told, and how each endpoint is.

Read from alerts.db, with a worker or without. All of it is asked of small tables and of indices, never of the messages
themselves: it is read every few seconds.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from ingest.alerts.engine import TOO_LATE
from ingest.alerts.rule import Severity
from ingest.alerts.sink import FAILED
from ingest.data_dir import consumer_file, read_consumer
from ingest.delivery.standing import standings
from ingest.ledger import Ledger, parts
from ingest.rollup.trim import GIVEN_UP
from ingest.sqlite import damaged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ingest.config import Settings
    from ingest.delivery.standing import Standing

_FIRING = "SELECT severity, count(*), sum(acked_at > 0) FROM alert WHERE phase = 'firing' GROUP BY severity"
_LACKING = "SELECT coalesce(sum(points), 0) FROM derived WHERE seq > ?"


class Overview(NamedTuple):
    """The alerts of a data directory at one moment.

    Attributes:
        firing: how many fire, by the name of their severity, the worst first.
        acknowledged: how many of them somebody has taken on.
        untold: how many times a department is still to be told of an alert, by why that waits (`news.Why`).
        endpoints: how each is.
        too_late: values that came after their source's watermark.
        failed: how often a rule could not be worked out, by its id.
        pending: rows of the measurement `alert` that each sink has yet to take.
        given_up: those that it will never get.
    """

    firing: Mapping[str, int]
    acknowledged: int
    untold: Mapping[str, int]
    endpoints: tuple[Standing, ...]
    too_late: int
    failed: Mapping[str, int]
    pending: Mapping[str, int]
    given_up: Mapping[str, int]

    @property
    def waiting(self) -> int:
        """Messages that no endpoint has taken yet."""
        return sum([one.waiting for one in self.endpoints])

    @property
    def oldest(self) -> int:
        """When the oldest of them was put, ns UTC; 0 where none waits."""
        return min([one.oldest for one in self.endpoints if one.waiting], default=0)


def endpoint_names(settings: Settings) -> list[str]:
    """The endpoints of a configuration, as the outbox calls them: `<department>/<its own name>`."""
    return [f"{one.id}/{endpoint.name}" for one in settings.alerts.department for endpoint in one.endpoints]


def read_overview(folder: Path, passed: Mapping[str, int], configured: Iterable[str]) -> Overview | None:
    """What alerts.db says; None where there is none.

    Args:
        folder: the data directory.
        passed: the number through which each sink has the alerts' log, read before.
        configured: the endpoints.

    Raises:
        DataDirError: the file is damaged, or a newer citylora has written it.
        sqlite3.OperationalError: it is just being made.
    """
    if not consumer_file(folder, "alerts").is_file():
        return None
    with closing(read_consumer(folder, "alerts")) as db:
        try:
            return _overview(db, passed, configured)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise damaged(consumer_file(folder, "alerts"), error) from error


def _overview(db: sqlite3.Connection, passed: Mapping[str, int], configured: Iterable[str]) -> Overview:
    found = {severity: (count, acked) for severity, count, acked in db.execute(_FIRING)}
    tallies = Ledger(db).tallies()
    return Overview(
        firing={one.name.lower(): found.get(one, (0, 0))[0] for one in sorted(Severity, reverse=True)},
        acknowledged=sum([acked for _count, acked in found.values()]),
        untold=dict(db.execute("SELECT why, count(*) FROM untold GROUP BY why ORDER BY why")),
        endpoints=tuple(standings(db, configured)),
        too_late=tallies.get(TOO_LATE, 0),
        failed=parts(tallies, FAILED),
        pending={name: int(db.execute(_LACKING, (seq,)).fetchone()[0]) for name, seq in passed.items()},
        given_up=parts(tallies, GIVEN_UP),
    )
