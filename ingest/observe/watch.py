"""Looks at the worker once a second, and says in the log what changed: what no thread of its own would say."""

from __future__ import annotations

import sqlite3
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Literal

from ingest.data_dir import read_consumer
from ingest.disk import ALARMS
from ingest.errors import CityloraError
from ingest.ledger import Ledger
from ingest.quarantine import Quarantine
from ingest.status import MAKERS

if TYPE_CHECKING:
    from ingest.app import Worker
    from ingest.observe.glimpse import Glimpse
    from ingest.observe.health import Health
    from ingest.status import Account, State

LOOK = 1.0
"""Seconds between two looks."""

READ = 15.0
"""Seconds between two looks into the files."""

BLOCKED = "nothing is kept"
FILLING = "journal fills with undelivered events"
REFUSED = "events quarantined"
INCIDENT = "incident"

DEFECTS = frozenset({"decoder_defect", "derive_defect", "lost_events"})
"""Reasons and incidents that are citylora's own fault."""

FOUND_INSIDE = frozenset({"clock_ahead", "intake_defect", "lost_events"})
"""Incidents that intake finds; the others are said when a subscriber reports them."""


class Watch:
    """Looks in a thread of its own."""

    def __init__(self, worker: Worker, health: Health, glimpse: Glimpse) -> None:
        self._worker = worker
        self._health = health
        self._glimpse = glimpse
        self._peak = 0
        self._held: dict[tuple[str, str], int] | None = None
        self._counted: dict[tuple[str, str], int] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(LOOK)

    def _run(self) -> None:
        read_at = 0.0
        while True:
            self.look()
            if time.monotonic() - read_at >= READ:
                read_at = time.monotonic()
                self.read()
            if self._stopping.wait(LOOK):
                return

    def look(self) -> None:
        """What the process itself knows."""
        self._health.look()
        causes, blocked = self._worker.troubles.causes, self._worker.pipeline.blocked
        if blocked is not None:
            causes.came(BLOCKED, "", blocked.reason, times=0, level="error")
        else:
            causes.over(BLOCKED, "", "events are kept again")
        self._tell_level()

    def read(self) -> None:
        """What the files say; where they cannot be read now, the next time says it."""
        try:
            state = self._glimpse.state()
            self._tell_refused(state.accounts)
        except (CityloraError, OSError, sqlite3.Error):
            return
        self._tell_incidents(state)

    def _tell_level(self) -> None:
        """Say each step up; and the end, once it is below all of them."""
        level, causes = self._health.alarm, self._worker.troubles.causes
        if level:
            self._peak = max(level, self._peak)
            words: Literal["error", "warning"] = "error" if self._peak > ALARMS[0] else "warning"
            causes.came(FILLING, "", f"{self._peak} % of the cap", times=0, level=words)
        elif self._peak:
            self._peak = 0
            causes.over(FILLING, "", "journal is drained")

    def _tell_refused(self, accounts: tuple[Account, ...]) -> None:
        """Say the first event of each reason, with an example; later ones are counted, and said once an hour."""
        sinks = [one for one in accounts if one.name not in MAKERS]  # which hold the same events, and no others
        held = {(one.name, reason): count for one in sinks for reason, count in one.quarantined_by_reason.items()}
        before, self._held = self._held, held
        for (name, reason), count in held.items():
            more = count - (before or {}).get((name, reason), 0)
            if before is None or more <= 0:
                continue
            detail, subject = self._newest(name, reason)
            self._worker.troubles.causes.came(
                REFUSED,
                f"{name} {reason}",
                "",
                times=more,
                level="error" if reason in DEFECTS else "warning",
                consumer=name,
                reason=reason,
                held=count,
                example=detail,
                subject=subject,
            )

    def _tell_incidents(self, state: State) -> None:
        counts = {(one[0], one[1]): one[2] for one in state.incidents if one[0] in FOUND_INSIDE}
        before, self._counted = self._counted, counts
        for kind, source, count, _, detail in state.incidents:
            more = count - (before or {}).get((kind, source), 0)
            if before is not None and kind in FOUND_INSIDE and more > 0:
                level: Literal["error", "warning"] = "error" if kind in DEFECTS else "warning"
                whose = f"{source} {kind}"
                self._worker.troubles.causes.came(
                    INCIDENT, whose, detail, times=more, level=level, source=source, kind=kind
                )

    def _newest(self, name: str, reason: str) -> tuple[str, str]:
        with closing(read_consumer(self._worker.settings.data_dir, name)) as db:
            return Quarantine(db, Ledger(db)).newest(reason)
