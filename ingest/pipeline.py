"""The path of an uplink, on one screen.

    mqtt:<broker> ──┐
    mqtt:<broker> ──┤
    modem, packet   ├──▶ inbox ──▶ intake ──▶ journal ──▶ feed ──┬──▶ consumer `influxdb` ──▶ decode ──▶ InfluxDB
      forwarder   ──┤     ▲                      │               └──▶ consumer `store`    ──▶ decode ──▶ SQLite
    ingest FILE   ──┘     └─── acknowledge ◀─────┘
                               (on disk now)

One thread for each broker, modem and listener, one for the sessions of what is heard without a network server, one for
intake and the journal, one for each consumer; `rollup` and `alerts` are consumers as the sinks are. The inbox is
bounded by what the ways in may leave unacknowledged. Nothing waits for a consumer: the journal is the buffer between.
"""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from gateways.handover import Handover, Incident, Report, SessionOpened
from ingest.faults import reach
from ingest.intake.network import INTERRUPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateways.uplink import Event
    from ingest.consumer.feed import Feed
    from ingest.eviction import Evictor, Room
    from ingest.intake.intake import Intake
    from ingest.journal.writer import SqliteJournal

COMMIT_EVENTS = 500
"""Events of one commit at most."""

GATHER = 0.005
"""Seconds between the beginnings of two commits: one costs as much as ten events. A broker that lets us have no more
than 20 unacknowledged gives 3,000 a second all the same."""

REMEMBER_EVENTS = 20_000
REMEMBER_SECONDS = 60.0
"""How often what intake knows of the devices is written down, so that a start need not read the whole journal."""

RETRY_SECONDS = 1.0
"""Between two attempts to write to a disk that is full."""

FOUND = {
    "clock_ahead": "the network server's time is over 30 s ahead of this machine's: one of the two clocks is wrong",
    "intake_defect": "an event could not be held against its device; it is kept. A defect of citylora: please report",
}
"""What intake may find in an event that is an incident, and the words for it."""

LOST_EVENTS = "events have got lost inside citylora; this is a defect, please report it. A restart fetches them again"

ROOM_SECONDS = 0.5
"""Between two looks at the journal's size."""

COMPACTIONS = 6
"""Joins of small blocks at each look: 3,000 events, some 20 ms, well ahead of a rate that makes small blocks."""


class Blocked(NamedTuple):
    """Why nothing is being kept and so nothing acknowledged."""

    since: int
    reason: str


class Pipeline:
    """Intake's thread: from the inbox to the journal, then back to acknowledge and on to the feed.

    Attributes:
        blocked: None while events are kept.
        room: how full the journal is.
        turns: how often its loop came round: twice a second at least, else it hangs.
    """

    def __init__(
        self, intake: Intake, journal: SqliteJournal, feed: Feed, evictor: Evictor, now: Callable[[], int]
    ) -> None:
        self.blocked: Blocked | None = None
        self.room: Room | None = None
        self.turns = 0
        self._inbox: queue.SimpleQueue[Report | None] = queue.SimpleQueue()
        self._intake = intake
        self._journal = journal
        self._feed = feed
        self._evictor = evictor
        evictor.before_drop(self._remember_what_goes)
        self._judging = False
        self._now = now
        self._acknowledge: Mapping[str, Callable[[Handover], None]] = {}
        self._taken: dict[str, int] = {}
        self._stopping = threading.Event()
        self._unremembered = 0
        self._began = self._remembered_at = self._looked_at = time.monotonic()

    def acknowledge_to(self, sources: Mapping[str, Callable[[Handover], None]]) -> None:
        """Whom to tell that a handover is on disk, by its source."""
        self._acknowledge = sources

    def report(self, report: Report) -> None:
        """Put something into the inbox; any thread may."""
        self._inbox.put(report)

    def stop(self) -> None:
        """End `run` once what is in the inbox is kept, or at once where the disk would not take it."""
        self._stopping.set()
        self._inbox.put(None)

    def run(self) -> None:
        """Keep events until `stop`."""
        ending = False
        while not ending:
            self.turns += 1
            self._gather()
            reports, ending = self._next()
            if not self._take(reports):
                return  # what intake knows now holds events that were not kept: it is not to be remembered
            self._look_after()
        with suppress(OSError):
            self._remember()

    def _gather(self) -> None:
        """Let more arrive since the last commit began."""
        left = self._began + GATHER - time.monotonic()
        if left > 0:
            self._stopping.wait(left)

    def _next(self) -> tuple[list[Report], bool]:
        """What has arrived, at most a commit's worth; whether it is the last."""
        reports: list[Report] = []
        held = 0
        try:
            report = self._inbox.get(timeout=ROOM_SECONDS)
            while report is not None:
                reports.append(report)
                held += len(report.events) if isinstance(report, Handover) else 0
                if held >= COMMIT_EVENTS:
                    return reports, False
                report = self._inbox.get_nowait()
        except queue.Empty:
            return reports, False
        return reports, True

    def _take(self, reports: Sequence[Report]) -> bool:
        """Keep and acknowledge; false where it is time to stop and not everything was kept."""
        waiting: list[Event] = []
        for report in reports:
            if self._is_evidence(report):  # what came before it must be judged before it
                if not self._keep_all(waiting):
                    return False
                waiting = []
                self._heed(report)
            if isinstance(report, Handover):
                self._taken[report.source] = report.first + len(report.events)
                if report.events[-1].topic.endswith("/up"):
                    self._intake.queued(report.source, queued=bool(report.mids[-1]))
                waiting += report.events
        kept = self._keep_all(waiting)
        if kept:
            self._answer(reports)
        for report in reports:
            if isinstance(report, Incident | SessionOpened):
                self._note(report)
        return kept

    def _answer(self, reports: Sequence[Report]) -> None:
        """Tell the sources that everything is on disk."""
        reach("ack.before")
        for report in reports:
            if isinstance(report, Handover) and report.source in self._acknowledge:
                self._acknowledge[report.source](report)
        reach("ack.after")

    def _is_evidence(self, report: Report) -> bool:
        """Whether it tells where frames of devices are lost (docs/gaps.md)."""
        match report:
            case Handover():
                return self._lacking(report) > 0
            case Incident():
                return report.kind in INTERRUPTIONS
            case SessionOpened():
                return True

    def _heed(self, report: Report) -> None:
        """Let intake know, and write it down soon: after a restart nothing else would tell."""
        match report:
            case Handover():
                lacking = self._lacking(report)
                self._intake.lost(report.source, lacking)
                self._inbox.put(Incident(report.source, "lost_events", f"{lacking} {LOST_EVENTS}"))
            case Incident():
                self._intake.interrupted(report.kind, report.source, self._now())
            case SessionOpened():
                self._intake.interrupted("session_opened", report.source, self._now())
        self._unremembered += REMEMBER_EVENTS

    def _lacking(self, handover: Handover) -> int:
        """Events of its source that were handed over before it and have not come here."""
        return max(0, handover.first - self._taken.get(handover.source, 0)) if handover.first else 0

    def _keep_all(self, events: Sequence[Event]) -> bool:
        """Keep any number of events; false where it is time to stop and the disk has not taken them."""
        return all(self._keep(events[i : i + COMMIT_EVENTS]) for i in range(0, len(events), COMMIT_EVENTS))

    def _keep(self, events: Sequence[Event]) -> bool:
        """Put events on disk as one block; false where it is time to stop and the disk has not taken them."""
        self._began = time.monotonic()
        self._judging = True
        judged = [self._intake.judge(event) for event in events]
        entries = [one.entry for one in judged]
        identities = b"".join([one.identity for one in judged])
        tally = self._intake.take_tally()
        for kind, words in FOUND.items():
            if tally.get(kind):
                self._inbox.put(Incident(events[0].source, kind, words))
        while not self._stuck():
            try:
                block = self._journal.append(entries, identities, tally)
            except OSError as error:
                self._wait_for_disk(f"the disk does not take the events: {error.strerror}")
            else:
                self.blocked, self._judging = None, False
                self._feed.publish(block, [one.message for one in judged])
                self._unremembered += len(entries)
                return True
            if self._stopping.is_set():
                return False
        return False

    def _stuck(self) -> bool:
        """Wait while the journal is full and nothing may be given up; true where it is time to stop instead."""
        while self.room is not None and self.room.stuck:
            if self._stopping.is_set():
                return True
            self._wait_for_disk('the journal is full, and on_full = "stop"')
            with suppress(OSError):  # a full disk beside it: the next round asks again
                self.room = self._evictor.make_room()
        return False

    def _wait_for_disk(self, reason: str) -> None:
        if self.blocked is None:
            self.blocked = Blocked(self._now(), reason)
        self.turns += 1
        self._stopping.wait(RETRY_SECONDS)

    def _note(self, report: Incident | SessionOpened) -> None:
        try:
            if isinstance(report, Incident):
                self._journal.note_incident(report.kind, report.source, self._now(), report.detail)
            else:
                self._journal.note_session(report.source, report.client_id, report.topics)
        except OSError:
            if not self._stopping.is_set():
                self._inbox.put(report)

    def _look_after(self) -> None:
        """What can wait until the acknowledgements have gone."""
        try:
            self._journal.tidy()
            if time.monotonic() - self._looked_at >= ROOM_SECONDS:
                self._looked_at = time.monotonic()
                self.room = self._evictor.make_room()
                if self.room.stuck:
                    self._remember_what_goes()  # the next events are judged before there is room again
                self._compact()
            due = time.monotonic() - self._remembered_at >= REMEMBER_SECONDS
            if self._unremembered >= REMEMBER_EVENTS or (due and self._unremembered):
                self._remember()
        except OSError as error:
            reason = f"the journal cannot be looked after: {error.strerror}"
            if self.blocked is None or self.blocked.reason != reason:
                self.blocked = Blocked(self._now(), reason)
        else:
            self.blocked = None

    def _compact(self) -> None:
        for _ in range(COMPACTIONS):
            if not self._journal.compact(self._evictor.passed()):
                return

    def _remember_what_goes(self) -> None:
        """What is known from blocks that are to be dropped: a crash could not read it from them any more.

        Not while events are judged and not yet kept: after a crash they would be taken for repeats of themselves.
        """
        if self._unremembered and not self._judging:
            self._remember()

    def _remember(self) -> None:
        states = self._intake.take_changed()
        try:
            self._journal.remember(states, self._intake.network())
        except OSError:
            self._intake.changed.update(states)
            raise
        self._unremembered = 0
        self._remembered_at = time.monotonic()
