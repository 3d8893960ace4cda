"""Listen to a network server until each device has a verdict, or the time is over.

Every stream has a thread of its own, which only hands over what it reads: devices' events for what the server makes of
a frame, the gateways' frames for what it drops without a word. This machine's clock decides nothing: what a stream
gives some seconds after it was opened is new, whatever time it bears.
"""

from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import msgspec

from gateways.chirpstack.admin.errors import AdminError
from ingest.onboarding.check import heard
from ingest.onboarding.check.asking import ask, gateways_near
from ingest.onboarding.check.evidence import SECOND, Ear, Evidence, Target
from ingest.onboarding.check.payload import Reader
from ingest.onboarding.check.streams import Arrival, Listener
from ingest.onboarding.check.verdict import Report, judge

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gateways.chirpstack.admin.answers import NetworkServer, StreamItem
    from ingest.onboarding.check.memory import Kept

__all__ = ["Evidence", "Report", "Target", "watch"]

SETTLE = 2.5
"""s from the last thing that is waited for to the verdict: streams are read once a second, and a log may follow."""

TICK = 0.5

SHORTEST, LONGEST = 120.0, 7200.0
"""s that is waited at least and at most, where nobody says how long."""

_PATIENCE = 1.5  # intervals: after as many the server itself calls a device inactive


def watch(
    server: NetworkServer,
    targets: Sequence[Target],
    *,
    uplinks: int = 1,
    timeout: float | None = None,
    since: int | None = None,
    stop: threading.Event | None = None,
    changed: Callable[[Sequence[Report]], None] = lambda _reports: None,
    reader: Reader | None = None,
    before: Mapping[str, Kept] | None = None,
) -> list[Report]:
    """Listen, and judge; one report a device, in the order given.

    `evidence.target(dev_eui, registry)` makes a `Target` of what the registry says.

    Args:
        server: that has the devices.
        targets: the devices.
        uplinks: so many of each device are waited for.
        timeout: s; None: 1.5 times the interval of each device's profile for each uplink, within bounds.
        since: ns UTC by the server's clock; what is older does not count. None: from now on.
        stop: ends it early: devices that are not through are INCOMPLETE.
        changed: told of all reports so far, about twice a second, in the caller's thread.
        reader: of payloads; without it only the tags of the server say what a device is.
        before: what earlier watches heard, by DevEUI.

    Raises:
        AdminError: the server cannot be asked at all. What a single stream refuses is a remark of the report.
    """
    began = time.time_ns() if since is None else since
    gateways = {one.id: one for one in server.gateways()}
    near = gateways_near(gateways, targets)
    courses: list[_Course] = []
    for target in targets:
        evidence = msgspec.structs.replace(
            ask(server, target), gateways=gateways, ears={gateway: Ear() for gateway in near}, wanted=uplinks
        )
        kept = (before or {}).get(target.dev_eui)
        courses.append(_Course(kept.onto(evidence) if kept else evidence, timeout, kept.until if kept else began))
    arrivals: SimpleQueue[Arrival] = SimpleQueue()
    listeners = _listeners(server, courses, near, arrivals.put)
    return _Watch(courses, listeners, arrivals, reader or Reader()).run(stop or threading.Event(), changed)


def patience(evidence: Evidence, uplinks: int) -> float:
    """Seconds after which a device that has said nothing is silent."""
    interval = evidence.profile.uplink_interval if evidence.profile else 0
    return max(SHORTEST, _PATIENCE * interval * uplinks)


class _Course:
    """One device during the watch."""

    def __init__(self, evidence: Evidence, timeout: float | None, since: int) -> None:
        self.evidence = evidence
        self.since = since
        self.timeout = min(patience(evidence, evidence.wanted), LONGEST) if timeout is None else timeout
        self.report = judge(evidence)
        self.settled_at: float | None = None
        self.done = False


def _listeners(
    server: NetworkServer, courses: Sequence[_Course], near: Sequence[str], put: Callable[[Arrival], None]
) -> list[Listener]:
    """One a device that the server shows, and one a gateway."""

    def events(dev_eui: str) -> Callable[[int, float], Iterator[StreamItem]]:
        return lambda since, seconds: server.device_events(dev_eui, since=since, seconds=seconds)

    def frames(gateway: str) -> Callable[[int, float], Iterator[StreamItem]]:
        return lambda since, seconds: server.gateway_frames(gateway, since=since, seconds=seconds)

    of_devices = [
        Listener(place, "", events(course.evidence.target.dev_eui), put)
        for place, course in enumerate(courses)
        if course.evidence.device is not None
    ]
    return of_devices + [Listener(-1, gateway, frames(gateway), put) for gateway in near]


class _Watch:
    """The loop of `watch`, in the caller's thread."""

    def __init__(
        self,
        courses: Sequence[_Course],
        listeners: Sequence[Listener],
        arrivals: SimpleQueue[Arrival],
        reader: Reader,
    ) -> None:
        self._courses, self._listeners, self._arrivals, self._reader = courses, listeners, arrivals, reader
        self._began = time.monotonic()
        self._skew: float | None = None

    def run(self, stop: threading.Event, changed: Callable[[Sequence[Report]], None]) -> list[Report]:
        """Until all are done, or `stop`."""
        for listener in self._listeners:
            listener.start()
        try:
            changed([one.report for one in self._courses])
            while not stop.is_set() and not all(one.done for one in self._courses):
                self._take()
                for course in self._courses:
                    self._judge(course)
                changed([one.report for one in self._courses])
            for course in self._courses:
                if not course.done:
                    self._judge(course, over=True)
        finally:
            for listener in self._listeners:
                listener.stop()
        return [one.report for one in self._courses]

    def _take(self) -> None:
        """All that has arrived, waiting a moment for the first of it."""
        wait = TICK
        while True:
            try:
                arrival = self._arrivals.get(timeout=wait) if wait else self._arrivals.get_nowait()
            except Empty:
                return
            wait = 0.0
            if isinstance(arrival.what, AdminError):
                self._refused(arrival, arrival.what.kind)
                continue
            if arrival.live:
                ahead = (arrival.what.at - arrival.at) / SECOND
                self._skew = ahead if self._skew is None else max(ahead, self._skew)
            for course in self._courses if arrival.gateway else [self._courses[arrival.place]]:
                self._add(course, arrival)

    def _add(self, course: _Course, arrival: Arrival) -> None:
        item = arrival.what
        if course.done or isinstance(item, AdminError) or not (arrival.live or item.at >= course.since):
            return
        if arrival.gateway:
            course.evidence = heard.frame(course.evidence, arrival.gateway, item)
        else:
            course.evidence = heard.event(course.evidence, item, self._reader)

    def _refused(self, arrival: Arrival, kind: str) -> None:
        for course in self._courses if arrival.gateway else [self._courses[arrival.place]]:
            evidence = course.evidence
            if arrival.gateway:
                ear = msgspec.structs.replace(evidence.ears.get(arrival.gateway, Ear()), refused=kind)
                course.evidence = msgspec.structs.replace(evidence, ears={**evidence.ears, arrival.gateway: ear})
            else:
                course.evidence = msgspec.structs.replace(evidence, refused=kind)

    def _judge(self, course: _Course, *, over: bool = False) -> None:
        if course.done:
            return
        waited = time.monotonic() - self._began
        ends = over or waited >= course.timeout
        evidence = msgspec.structs.replace(
            course.evidence,
            now=time.time_ns() + round((self._skew or 0.0) * SECOND),
            waited=waited,
            skew=self._skew,
            over=ends,
            full=waited >= patience(course.evidence, 1),
        )
        course.evidence, course.report = evidence, judge(evidence)
        if course.report.settled and course.settled_at is None:
            course.settled_at = waited
        elif not course.report.settled:
            course.settled_at = None
        course.done = ends or (course.settled_at is not None and waited - course.settled_at >= SETTLE)
