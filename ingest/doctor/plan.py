"""What a worker would do by its configuration, told without asking anyone; and what stands out in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from decoders import catalog
from ingest.doctor.alerts import alert_remarks, alerts
from ingest.doctor.finding import Finding, is_here
from ingest.doctor.places import place_remarks, places
from ingest.doctor.radio import radio_remarks, radios
from ingest.i18n import said

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
        **radios(settings),
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
    yield from inside_remarks(settings)
    if not settings.sources:
        observed, remedy = said("doctor_plan.no_brokers"), said("doctor_plan.no_brokers_remedy")
        yield Finding("brokers", "configuration", "warn", observed, remedy)
    for broker in settings.broker:
        yield from _remarks_on(broker)
    influxdb = settings.sinks.influxdb
    if influxdb is not None:
        parts = urlsplit(influxdb.url)
        if parts.scheme == "http" and not is_here(parts.hostname or ""):
            observed, remedy = said("doctor_plan.influxdb_clear"), said("doctor_influxdb.tls_remedy")
            yield Finding("TLS", "influxdb", "warn", observed, remedy)
        if influxdb.retention is None:
            observed, remedy = said("doctor_plan.for_ever"), said("doctor_plan.for_ever_remedy")
            yield Finding("retention", "influxdb", "ok", observed, remedy)


def inside_remarks(settings: Settings) -> Iterator[Finding]:
    """Of these, what concerns no server: radios, rules, places, decoders."""
    yield from radio_remarks(settings)
    yield from alert_remarks(settings)
    yield from place_remarks(settings)
    for trouble in catalog.look(settings.decoders.folder).troubles:
        observed = said("doctor_plan.decoder", cause=trouble.cause)
        yield Finding("decoder", trouble.place, "warn", observed, said("doctor_plan.decoder_remedy"))


def _remarks_on(broker: Broker) -> Iterator[Finding]:
    subject = f"broker {broker.name}"
    if not broker.tls and not is_here(broker.host):
        observed = said("doctor_plan.broker_clear", host=broker.host)
        yield Finding("TLS", subject, "warn", observed, said("doctor_broker.tls_remedy"))
    if broker.username is None and broker.cert_file is None and not is_here(broker.host):
        observed, remedy = said("doctor_plan.nameless"), said("doctor_plan.nameless_remedy")
        yield Finding("authentication", subject, "warn", observed, remedy)
    if broker.protocol == "3.1.1":
        observed, remedy = said("doctor_plan.protocol_311"), said("doctor_plan.protocol_remedy")
        yield Finding("protocol", subject, "warn", observed, remedy)
