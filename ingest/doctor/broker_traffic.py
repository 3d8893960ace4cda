"""What comes on the configured topics, and how? Heard with a session of our own that the broker forgets afterwards."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from gateways.chirpstack import events
from gateways.chirpstack.topics import of_gateway
from gateways.chirpstack.visit import Turned, Visit
from gateways.uplink import MalformedEvent, Uplink

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateways.chirpstack.visit import Message
    from ingest.doctor.case import BrokerCase
    from ingest.doctor.finding import Finding

ENOUGH = 50
"""Live events of devices after which no more need to be heard."""

AHEAD_SECONDS, BEHIND_SECONDS = 2.0, 10.0
"""An event reaches us some 0.3 s after the server had it. Much later, or before: one of the two clocks is wrong."""

_CHIRPSTACK_QOS = "in chirpstack.toml: [integration.mqtt] qos = 1; nothing is kept or sent again of what has QoS 0"
_GATEWAY_QOS = "set qos = 1 for MQTT in the gateways' own forwarder, if a lost report of a gateway matters"


def check(case: BrokerCase) -> Iterator[Finding]:
    """Listen for a while; what nobody sends in that time is not known."""
    topics = case.settings.topics
    try:
        with Visit(case.settings) as visit:
            granted = visit.subscribe(topics)
            yield from _refused(case, dict(zip(topics, granted, strict=False)))
            visit.wait(lambda: _enough(visit.messages, topics), case.deadline.left(case.listen))
    except (Turned, OSError, ValueError) as error:
        yield case.found("QoS of events", "unknown", f"no connection: {error}")
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
        remedy = "give this user the right to read there, in the broker's ACL"
        yield case.found("subscription", "fail", f"refuses {', '.join(bad)}", remedy)
    elif low:
        yield case.found("subscription", "fail", f"gives only QoS 0 for {', '.join(low)}", "let the broker give QoS 1")
    else:
        words = f"takes {', '.join(granted)}; whether its ACL then lets events through is seen by events alone"
        yield case.found("subscription", "ok", words)


def _qos(case: BrokerCase, live: Sequence[Message]) -> Finding:
    weak = sum(one.qos == 0 for one in live)
    if not live:
        said = f"no event of a device came within {case.listen:g} s"
        return case.found("QoS of events", "unknown", said, "try again with --listen 10m, or when devices speak")
    if weak:
        return case.found("QoS of events", "fail", f"{weak} of {len(live)} events came with QoS 0", _CHIRPSTACK_QOS)
    text = sum(one.payload[:1] == b"{" for one in live)
    kinds = " and ".join(name for name, count in (("JSON", text), ("Protobuf", len(live) - text)) if count)
    return case.found("QoS of events", "ok", f"all {len(live)} events came with QoS 1, as {kinds}")


def _gateways(case: BrokerCase, heard: Sequence[Message]) -> Iterator[Finding]:
    stats = [one for one in heard if not one.retained and one.topic.endswith("/stats")]
    weak = sum(one.qos == 0 for one in stats)
    if weak:
        yield case.found("QoS of gateways", "warn", f"{weak} of {len(stats)} reports came with QoS 0", _GATEWAY_QOS)
    elif stats:
        yield case.found("QoS of gateways", "ok", f"all {len(stats)} reports came with QoS 1")
    else:
        said = f"no gateway reported within {case.listen:g} s; they do every 30 s or so"
        yield case.found("QoS of gateways", "unknown", said, "try again with --listen 60s")
    conn = {one.topic for one in heard if one.retained and one.topic.endswith("/conn")}
    if conn:
        yield case.found("retained state of gateways", "ok", f"of {len(conn)} gateways")
    else:
        yield case.found("retained state of gateways", "unknown", "none: only forwarders that keep it up have one")


def _clock(case: BrokerCase, live: Sequence[Message]) -> Finding:
    """The network server's clock against ours, by when it had the frames that came just now."""
    offsets = [offset for one in live for offset in _offsets(one)]
    if not offsets:
        return case.found("clock of the network server", "unknown", "no event told its time")
    ahead = statistics.median(offsets)
    said = f"{abs(ahead):.1f} s {'ahead of' if ahead > 0 else 'behind'} ours, transport included"
    remedy = "run NTP on both machines; `timedatectl` shows whether it does"
    if ahead > AHEAD_SECONDS or -ahead > BEHIND_SECONDS:
        return case.found("clock of the network server", "fail" if abs(ahead) > 30 else "warn", said, remedy)  # noqa: PLR2004  (intake's own limit)
    return case.found("clock of the network server", "ok", said)


def _offsets(message: Message) -> list[float]:
    try:
        event = events.parse(message.topic, message.payload)
    except MalformedEvent:
        return []
    links = event.links if isinstance(event, Uplink) else ()
    return [(link.ns_time - message.at) / 1e9 for link in links if link.ns_time is not None]
