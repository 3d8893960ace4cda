"""Is a gateway well? What the server has of it, and what it hears meanwhile. The verdict is pure, `listen` asks."""

from __future__ import annotations

import threading
import time
from collections import Counter
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from gateways.chirpstack.admin.errors import AdminError
from ingest.onboarding.check import heard
from ingest.onboarding.check.content import within_city
from ingest.onboarding.check.evidence import SECOND, Ear
from ingest.onboarding.check.joining import HOME
from ingest.onboarding.check.remark import Remark, remark
from ingest.onboarding.check.streams import Arrival, Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gateways.chirpstack.admin.answers import NetworkServer, ServerGateway, StreamItem
    from ingest.i18n import Language

Verdict: TypeAlias = Literal["PASS", "WARN", "FAIL"]

TICK = 0.5
_MINUTE = 60


class GatewayEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a gateway.

    Attributes:
        gateway: None where the server does not show it: not there, or another tenant's.
        ear: what its stream told.
        factors: frames by spreading factor; 0 where it is not said.
        now: ns UTC.
        waited: s.
    """

    id: str
    gateway: ServerGateway | None = None
    ear: Ear = Ear()
    factors: dict[int, int] = {}
    joins: int = 0
    now: int = 0
    waited: float = 0.0


class GatewayReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told of one gateway; the worst remark first."""

    evidence: GatewayEvidence
    verdict: Verdict
    remarks: tuple[Remark, ...]

    def as_json(self, language: Language) -> dict[str, Any]:
        """For `--json`."""
        evidence = self.evidence
        gateway = evidence.gateway
        return {
            "gateway": evidence.id,
            "name": gateway.name if gateway else "",
            "verdict": self.verdict,
            "state": gateway.state if gateway else None,
            "frames": evidence.ear.frames,
            "join_requests": evidence.joins,
            "by_spreading_factor": {str(factor): count for factor, count in sorted(evidence.factors.items())},
            "region": evidence.ear.region or None,
            "complete": not evidence.ear.crowded,
            "waited_s": round(evidence.waited, 1),
            "findings": [one.as_json(language) for one in self.remarks],
        }


def judge(evidence: GatewayEvidence) -> GatewayReport:
    """The verdict of what is known."""
    remarks = sorted(_remarks(evidence), key=lambda one: ("fail", "warn", "note").index(one.level))
    levels = {one.level for one in remarks}
    verdict: Verdict = "FAIL" if "fail" in levels else "WARN" if "warn" in levels else "PASS"
    return GatewayReport(evidence=evidence, verdict=verdict, remarks=tuple(remarks))


def _remarks(evidence: GatewayEvidence) -> Iterator[Remark]:
    gateway, ear = evidence.gateway, evidence.ear
    if gateway is None:
        yield remark("fail", "gateway_unknown")
        return
    if gateway.state == "never":
        yield remark("fail", "gateway_never")
    elif gateway.state == "offline":
        minutes = (evidence.now - gateway.last_seen) // SECOND // _MINUTE if gateway.last_seen else 0
        yield remark("fail", "gateway_offline", minutes=minutes)
    elif not ear.frames and not ear.refused:
        yield remark("warn", "gateway_hears_nothing", seconds=round(evidence.waited))
    if ear.refused:
        yield remark("warn", "gateway_refused", why=ear.refused)
    if gateway.latitude is None or gateway.longitude is None:
        yield remark("warn", "gateway_no_position")
    elif not within_city(gateway.latitude, gateway.longitude):
        yield remark("warn", "gateway_outside_city")
    if ear.region and ear.region != HOME:
        yield remark("warn", "gateway_region", region=ear.region, home=HOME)
    if ear.crowded:
        yield remark("note", "gateway_crowded")


def listen(
    server: NetworkServer,
    gateways: Sequence[str],
    *,
    seconds: float,
    stop: threading.Event | None = None,
    changed: Callable[[Sequence[GatewayReport]], None] = lambda _reports: None,
) -> list[GatewayReport]:
    """Listen to gateways for a time, or until each has been heard to hear something.

    Raises:
        AdminError: the server cannot be asked at all.
    """
    stop = stop or threading.Event()
    known = {one.id: one for one in server.gateways()}
    found = {one: GatewayEvidence(id=one, gateway=known.get(one)) for one in gateways}
    arrivals: SimpleQueue[Arrival] = SimpleQueue()
    awake = [one for one in gateways if one in known and known[one].state == "online"]
    listeners = [Listener(-1, one, _frames(server, one), arrivals.put) for one in awake]
    began, since = time.monotonic(), time.time_ns()
    for listener in listeners:
        listener.start()
    try:
        while awake and not stop.is_set() and time.monotonic() - began < seconds:
            _take(found, arrivals, since)
            changed([judge(one) for one in found.values()])
            if all(found[one].ear.frames or found[one].ear.refused for one in awake):
                break
    finally:
        for listener in listeners:
            listener.stop()
    now, waited = time.time_ns(), time.monotonic() - began
    return [judge(msgspec.structs.replace(one, now=now, waited=waited)) for one in found.values()]


def _frames(server: NetworkServer, gateway: str) -> Callable[[int, float], Iterator[StreamItem]]:
    return lambda since, seconds: server.gateway_frames(gateway, since=since, seconds=seconds)


def _take(found: dict[str, GatewayEvidence], arrivals: SimpleQueue[Arrival], since: int) -> None:
    """All that has arrived, waiting a moment for the first of it."""
    try:
        arrival = arrivals.get(timeout=TICK)
        while True:
            found[arrival.gateway] = _with(found[arrival.gateway], arrival, since)
            arrival = arrivals.get_nowait()
    except Empty:
        return


def _with(evidence: GatewayEvidence, arrival: Arrival, since: int) -> GatewayEvidence:
    item = arrival.what
    if isinstance(item, AdminError):
        return msgspec.structs.replace(evidence, ear=msgspec.structs.replace(evidence.ear, refused=item.kind))
    if not (arrival.live or item.at >= since):
        return evidence
    factors = Counter(evidence.factors)
    if heard.is_up(item):
        factors[heard.spreading_factor(item)] += 1
    return msgspec.structs.replace(
        evidence,
        ear=heard.ear(evidence.ear, item),
        factors=dict(factors),
        joins=evidence.joins + (item.what == "JoinRequest"),
    )
