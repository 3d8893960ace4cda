"""What comes on the configured topics, and how? Heard with a session of our own that the broker forgets afterwards."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from gateways.chirpstack import events
from gateways.chirpstack.topics import of_gateway
from gateways.chirpstack.visit import Turned, Visit
from gateways.uplink import MalformedEvent, Uplink
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateways.chirpstack.visit import Message
    from ingest.doctor.case import BrokerCase
    from ingest.doctor.finding import Finding

ENOUGH = 50
"""Live events of devices after which no more need to be heard."""

AHEAD_SECONDS, BEHIND_SECONDS = 2.0, 10.0
"""An event reaches us some 0.3 s after the server had it. Much later, or before: one of the two clocks is wrong."""


def check(case: BrokerCase) -> Iterator[Finding]:
    """Listen for a while; what nobody sends in that time is not known."""
    topics = case.settings.topics
    try:
        with Visit(case.settings) as visit:
            granted = visit.subscribe(topics)
            yield from _refused(case, dict(zip(topics, granted, strict=False)))
            visit.wait(lambda: _enough(visit.messages, topics), case.deadline.left(case.listen))
    except (Turned, OSError, ValueError) as error:
        yield case.found("QoS of events", "unknown", said("doctor_broker.no_connection", error=str(error)))
        return
    yield _qos(case, _live(visit.messages))
    if any(map(of_gateway, topics)):
        yield from _gateways(case, [one for one in visit.messages if of_gateway(one.topic)])
    yield _clock(case, _live(visit.messages))


def _enough(messages: Sequence[Message], topics: Sequence[str]) -> bool:
    reports = any(not one.retained and of_gateway(one.topic) for one in messages)
    return len(_live(messages)) >= ENOUGH and (reports or not any(map(of_gateway, topics)))


def _live(messages: Sequence[Message]) -> list[Message]:
    """What devices said just now."""
    return [one for one in messages if not one.retained and not of_gateway(one.topic)]


def _refused(case: BrokerCase, granted: dict[str, int | str]) -> Iterator[Finding]:
    bad = [f"{topic} ({word})" for topic, word in granted.items() if isinstance(word, str)]
    low = [topic for topic, word in granted.items() if word == 0]
    if bad:
        observed = said("doctor_broker.subscription_refused", topics=", ".join(bad))
        yield case.found("subscription", "fail", observed, said("doctor_broker.subscription_remedy"))
    elif low:
        observed = said("doctor_broker.subscription_qos_0", topics=", ".join(low))
        yield case.found("subscription", "fail", observed, said("doctor_broker.give_qos_1"))
    else:
        yield case.found("subscription", "ok", said("doctor_broker.subscribed", topics=", ".join(granted)))


def _qos(case: BrokerCase, live: Sequence[Message]) -> Finding:
    weak = sum(one.qos == 0 for one in live)
    if not live:
        observed = said("doctor_broker.no_event", seconds=case.listen)
        return case.found("QoS of events", "unknown", observed, said("doctor_broker.no_event_remedy"))
    if weak:
        observed = said("doctor_broker.events_qos_0", weak=weak, all=len(live))
        return case.found("QoS of events", "fail", observed, said("doctor_broker.qos_remedy"))
    text = sum(one.payload[:1] == b"{" for one in live)
    kinds = ", ".join(name for name, count in (("JSON", text), ("Protobuf", len(live) - text)) if count)
    return case.found("QoS of events", "ok", said("doctor_broker.events_qos_1", all=len(live), kinds=kinds))


def _gateways(case: BrokerCase, heard: Sequence[Message]) -> Iterator[Finding]:
    stats = [one for one in heard if not one.retained and one.topic.endswith("/stats")]
    weak = sum(one.qos == 0 for one in stats)
    if weak:
        observed = said("doctor_broker.stats_qos_0", weak=weak, all=len(stats))
        yield case.found("QoS of gateways", "warn", observed, said("doctor_broker.stats_remedy"))
    elif stats:
        yield case.found("QoS of gateways", "ok", said("doctor_broker.stats_qos_1", all=len(stats)))
    else:
        observed = said("doctor_broker.no_stats", seconds=case.listen)
        yield case.found("QoS of gateways", "unknown", observed, said("doctor_broker.no_stats_remedy"))
    conn = {one.topic for one in heard if one.retained and one.topic.endswith("/conn")}
    if conn:
        yield case.found("retained state of gateways", "ok", said("doctor_broker.conn", count=len(conn)))
    else:
        yield case.found("retained state of gateways", "unknown", said("doctor_broker.no_conn"))


def _clock(case: BrokerCase, live: Sequence[Message]) -> Finding:
    """The network server's clock against ours, by when it had the frames that came just now."""
    offsets = [offset for one in live for offset in _offsets(one)]
    if not offsets:
        return case.found("clock of the network server", "unknown", said("doctor_broker.no_time"))
    ahead = statistics.median(offsets)
    observed = said("doctor_broker.clock_ahead" if ahead > 0 else "doctor_broker.clock_behind", seconds=abs(ahead))
    remedy = said("doctor_ledger.clock_ahead_remedy")
    if ahead > AHEAD_SECONDS or -ahead > BEHIND_SECONDS:
        return case.found("clock of the network server", "fail" if abs(ahead) > 30 else "warn", observed, remedy)  # noqa: PLR2004  (intake's own limit)
    return case.found("clock of the network server", "ok", observed)


def _offsets(message: Message) -> list[float]:
    try:
        event = events.parse(message.topic, message.payload)
    except MalformedEvent:
        return []
    links = event.links if isinstance(event, Uplink) else ()
    return [(link.ns_time - message.at) / 1e9 for link in links if link.ns_time is not None]
