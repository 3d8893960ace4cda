"""What a worker would do by its configuration, told without asking anyone; and what stands out in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from decoders import catalog
from ingest.doctor.alerts import alert_remarks, alerts
from ingest.doctor.finding import Finding, is_here
from ingest.doctor.places import place_remarks, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.config import Broker, InfluxDB, Settings


def plan(settings: Settings) -> dict[str, Any]:
    """The plan as plain values; no secret is among them."""
    influxdb = settings.sinks.influxdb
    return {
        "data_dir": str(settings.data_dir),
        "journal": {"max_size": settings.journal.max_size, "on_full": settings.journal.on_full},
        "brokers": [_broker(settings, broker) for broker in settings.broker],
        "sinks": {
            **({"influxdb": _influxdb(influxdb)} if influxdb else {}),
            **({"store": {"file": str(settings.data_dir / "store.db")}} if settings.sinks.store.enabled else {}),
        },
        "devices": str(settings.devices.file) if settings.devices.file else None,
        "places": places(settings),
        "alerts": alerts(settings),
        "profiles": len(settings.decoders.profiles),
        "decoders": str(settings.decoders.folder) if settings.decoders.folder else None,
    }


def _broker(settings: Settings, broker: Broker) -> dict[str, Any]:
    servers = [lns for lns in settings.lns if lns.broker == broker.name]
    return {
        "name": broker.name,
        "address": f"{broker.host}:{broker.port}",
        "tls": broker.tls,
        "protocol": broker.protocol,
        "username": broker.username,
        "client_id": broker.client_id,
        "servers": [{"name": lns.name, "topics": list(lns.topics)} for lns in servers],
    }


def _influxdb(influxdb: InfluxDB) -> dict[str, Any]:
    return {
        "url": influxdb.url,
        "api": influxdb.api,
        "into": influxdb.database if influxdb.api == "v1" else f"{influxdb.org}/{influxdb.bucket}",
        "as": "token" if influxdb.token else influxdb.username,
        "retention": influxdb.retention,
    }


def remarks(settings: Settings) -> Iterator[Finding]:
    """What works, and could cost something."""
    yield from alert_remarks(settings)
    if not settings.broker:
        remedy = "add [[broker]] and [[lns]]; `citylora ingest` works without"
        yield Finding(
            "brokers", "configuration", "warn", "none: `citylora run` has nothing to take events from", remedy
        )
    for broker in settings.broker:
        yield from _remarks_on(broker)
    influxdb = settings.sinks.influxdb
    if influxdb is not None:
        parts = urlsplit(influxdb.url)
        if parts.scheme == "http" and not is_here(parts.hostname or ""):
            said = "points and credentials cross the network in the clear"
            yield Finding("TLS", "influxdb", "warn", said, "let InfluxDB speak TLS, and write https:// in url")
        if influxdb.retention is None:
            said = "for ever, as far as the configuration says: points that the database does not keep would be refused"
            remedy = 'write retention = "..." if the database keeps points for a limited time'
            yield Finding("retention", "influxdb", "ok", said, remedy)
    yield from place_remarks(settings)
    for trouble in catalog.look(settings.decoders.folder).troubles:
        remedy = "mend it or take it away; CONTRIBUTING.md says what a decoder has to keep"
        yield Finding("decoder", trouble.place, "warn", f"not used: {trouble.cause}", remedy)


def _remarks_on(broker: Broker) -> Iterator[Finding]:
    subject = f"broker {broker.name}"
    if not broker.tls and not is_here(broker.host):
        said = f"{broker.host} is reached without TLS: events and password cross the network in the clear"
        yield Finding("TLS", subject, "warn", said, "give the broker a listener with TLS, and write tls = true")
    if broker.username is None and broker.cert_file is None and not is_here(broker.host):
        said = "reached without a user or certificate: if the broker lets us in, it lets in anyone"
        yield Finding("authentication", subject, "warn", said, "write username and password_file")
    if broker.protocol == "3.1.1":
        said = "with MQTT 3.1.1 the broker alone decides how long it keeps our queue"
        yield Finding("protocol", subject, "warn", said, 'write protocol = "5" if the broker speaks it')
