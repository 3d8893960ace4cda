"""The one place that builds concrete things: a worker from its settings."""

from __future__ import annotations

import os
import ssl
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from gateways.chirpstack import events
from gateways.chirpstack.broker import BrokerSettings
from gateways.chirpstack.subscriber import Subscriber
from gateways.handover import Incident, SessionOpened
from ingest import control, data_dir
from ingest.consumer import Consumer
from ingest.decoding import Decoding
from ingest.devices import Directory, read
from ingest.eviction import Evictor
from ingest.feed import Feed
from ingest.intake import Intake
from ingest.journal import SqliteJournal
from ingest.pipeline import Pipeline
from ingest.sinks.store import StoreSink

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gateways.handover import Report
    from ingest.config import Broker, InfluxDB, Settings
    from ingest.errors import SinkUnavailable
    from ingest.ports import Sink

STOP_SECONDS = 8.0
"""A worker that is told to stop has this long to finish what it holds; systemd's own patience is longer."""


def consumer_names(settings: Settings) -> list[str]:
    """The consumers that a configuration asks for."""
    return [
        name
        for name, wanted in (("influxdb", settings.sinks.influxdb), ("store", settings.sinks.store.enabled))
        if wanted
    ]


class Worker:
    """Everything that runs, from the brokers to the sinks.

    Attributes:
        failed: why a thread ended that must not end; the process has to be started again.
    """

    def __init__(self, settings: Settings, log: Callable[[str], None], now: Callable[[], int] = time.time_ns) -> None:
        self.settings = self._began_with = settings
        self.failed: str = ""
        self._told: dict[str, Incident] = {}
        self.ended = threading.Event()
        self.log = log
        self._opened = ExitStack()
        try:
            self._build(settings, now)
        except BaseException:
            self._opened.close()
            raise

    def _build(self, settings: Settings, now: Callable[[], int]) -> None:
        folder = settings.data_dir
        self._opened.callback(data_dir.Lock(folder).release)
        self.journal = SqliteJournal(folder)
        self._opened.callback(self.journal.close)
        reader = self.journal.reader()
        self._opened.callback(reader.close)
        self.intake = Intake(events.parse)
        self.intake.recall(reader)
        self._directory = self.directory(settings)
        self.feed = Feed(events.parse, Decoding(self._directory.resolve), self.journal.last)
        self.consumers = [self._consumer(folder, name, now) for name in consumer_names(settings)]
        evictor = Evictor(
            self.journal,
            reader,
            self.consumers,
            settings.journal.max_size,
            stop_when_full=settings.journal.on_full == "stop",
        )
        self.pipeline = Pipeline(self.intake, self.journal, self.feed, evictor, now)
        self.subscribers = [self._subscriber(broker, reader.sessions(), now) for broker in settings.broker]
        self.pipeline.acknowledge_to({one.settings.name: one.acknowledge for one in self.subscribers})
        self._control = control.Server(
            folder / data_dir.SOCKET, {"status": self._status, "replay": self._replay, "purge": self._purge}
        )
        self._threads = [
            threading.Thread(target=self._guard, args=(consumer.run, consumer.name), name=consumer.name, daemon=True)
            for consumer in self.consumers
        ]
        self._intake_thread = threading.Thread(target=self._guard, args=(self.pipeline.run, "intake"), name="intake")

    def start(self) -> None:
        """Begin to work; returns at once."""
        if self.settings.metrics.listen:
            self.log("[metrics] listen: this version serves no metrics yet")
        self._control.start()
        for thread in (self._intake_thread, *self._threads):
            thread.start()
        for subscriber in self.subscribers:
            subscriber.start()

    def stop(self) -> None:
        """Take no more, keep and acknowledge what has come, let the consumers end their batches, close the files."""
        deadline = time.monotonic() + STOP_SECONDS
        self._control.stop()
        self._end_intake(deadline)
        for consumer in self.consumers:
            consumer.stop()
        for thread in self._threads:
            thread.join(max(0.1, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in (*self._threads, self._intake_thread)):
            return  # one waits for its sink: its batch is repeated at the next start
        self._opened.close()

    def directory(self, settings: Settings) -> Directory:
        """What is known of the devices, read anew."""
        sheet = read(settings.devices.file) if settings.devices.file else None
        for problem in sheet.problems if sheet else ():
            self.log(f"devices.csv line {problem.line}: {problem.message} ({problem.hint})")
        return Directory(sheet.devices if sheet else (), settings.decoders.profiles)

    def reload(self, settings: Settings) -> None:
        """Take over what can change while running: devices, mappings, and how the sinks are reached.

        Raises:
            CityloraError: the new settings cannot be used; nothing has changed then.
        """
        before, after, began = self.settings, settings, self._began_with
        fixed = [
            name for name in ("data_dir", "broker", "lns", "journal") if getattr(began, name) != getattr(after, name)
        ]
        if consumer_names(began) != consumer_names(after):
            fixed.append("sinks")
        self._directory = self.directory(settings)
        self.settings = settings
        self.feed.decode = Decoding(self._directory.resolve)
        if after.sinks.influxdb is not None and after.sinks.influxdb != before.sinks.influxdb:
            for consumer in self.consumers:
                if consumer.name == "influxdb":
                    consumer.use(_influx_sink(after.sinks.influxdb), _retention(after.sinks.influxdb))
        for name in fixed:
            self.log(f"[{name}] is not what the worker was started with: that needs a restart")

    def hear(self, report: Report) -> None:
        """Pass on what a subscriber reports; an incident is logged once for each cause, and so is its end."""
        if isinstance(report, Incident) and self._told.get(report.source) != report:
            self._told[report.source] = report
            self.log(f"broker {report.source}: {report.kind}: {report.detail}")
        elif isinstance(report, SessionOpened):
            self._told.pop(report.source, None)
            self.log(f"broker {report.source}: subscribed as {report.client_id}")
        self.pipeline.report(report)

    def _end_intake(self, deadline: float) -> None:
        """The subscribers hand over what they have and go; intake keeps it."""
        for subscriber in self.subscribers:
            subscriber.stop(max(0.1, deadline - time.monotonic()))
        self.pipeline.stop()
        self._intake_thread.join(max(0.1, deadline - time.monotonic()))

    def _guard(self, run: Callable[[], None], name: str) -> None:
        """A thread that ends by an error ends the worker: half a worker would fail silently."""
        try:
            run()
        except Exception as error:  # noqa: BLE001  (reported, and the process ends)
            self.failed = f"{name} failed: {type(error).__name__}: {error}"
            self.ended.set()

    def _consumer(self, folder: Path, name: str, now: Callable[[], int]) -> Consumer:
        db = data_dir.open_consumer(folder, name)
        self._opened.callback(db.close)  # as is the reader, until the consumer is made, which then closes both
        reader = self.journal.reader()
        self._opened.callback(reader.close)
        influxdb = self.settings.sinks.influxdb
        sink: Sink = StoreSink(db) if name == "store" or influxdb is None else _influx_sink(influxdb)
        retention = _retention(influxdb) if influxdb is not None and name == "influxdb" else None
        consumer = Consumer(
            db,
            sink,
            self.feed,
            reader,
            now,
            retention=retention,
            on_trouble=self._trouble,
        )
        self._opened.callback(consumer.close)
        return consumer

    def _trouble(self, name: str, error: SinkUnavailable) -> None:
        self.log(f"{name}: {error}" + (f" ({error.hint})" if error.hint else ""))

    def _subscriber(self, broker: Broker, sessions: dict[str, str], now: Callable[[], int]) -> Subscriber:
        topics = tuple(topic for lns in self.settings.lns if lns.broker == broker.name for topic in lns.topics)
        return Subscriber(
            BrokerSettings(
                name=broker.name,
                host=broker.host,
                port=broker.port,
                client_id=broker.client_id,
                topics=topics,
                protocol=broker.protocol,
                username=broker.username,
                password=broker.password.get_secret_value() if broker.password else None,
                tls=_tls(broker) if broker.tls else None,
                keepalive=broker.keepalive,
                session_expiry=broker.session_expiry,
                receive_maximum=broker.receive_maximum,
            ),
            self.hear,
            expect_session=sessions.get(broker.name) == broker.client_id,
            now=now,
        )

    def _status(self, _question: dict[str, Any]) -> dict[str, Any]:
        """What only the process itself knows."""
        blocked = self.pipeline.blocked
        return {
            "pid": os.getpid(),
            "blocked": blocked.reason if blocked else "",
            "devices": self.intake.device_count,
            "conflicts": {field: len(devices) for field, devices in self._directory.conflicts.items()},
            "brokers": {one.settings.name: one.connected.is_set() for one in self.subscribers},
            "consumers": {one.name: one.health._asdict() for one in self.consumers},
        }

    def _replay(self, question: dict[str, Any]) -> dict[str, Any]:
        done = {one.name: one.replay(question.get("reason")) for one in self.consumers}
        return {name: {"stored": stored, "left": left} for name, (stored, left) in done.items()}

    def _purge(self, question: dict[str, Any]) -> dict[str, Any]:
        return {one.name: {"purged": one.purge(question.get("reason"))} for one in self.consumers}


def _retention(influxdb: InfluxDB) -> int | None:
    return None if influxdb.retention is None else influxdb.retention * 1_000_000_000


def _influx_sink(influxdb: InfluxDB) -> Sink:
    # Here, and not above: a worker that writes to its store alone has no use for an HTTP client.
    from ingest.sinks.influxdb import InfluxSink  # noqa: PLC0415
    from ingest.sinks.settings import InfluxSettings  # noqa: PLC0415

    return InfluxSink(
        InfluxSettings(
            url=influxdb.url,
            api=influxdb.api,
            database=influxdb.database or "",
            bucket=influxdb.bucket or "",
            org=influxdb.org or "",
            username=influxdb.username or "",
            password=influxdb.password.get_secret_value() if influxdb.password else "",
            token=influxdb.token.get_secret_value() if influxdb.token else "",
            gzip=influxdb.gzip,
            timeout=influxdb.timeout,
        )
    )


def _tls(broker: Broker) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(broker.ca_file) if broker.ca_file else None)
    if broker.cert_file and broker.key_file:
        context.load_cert_chain(broker.cert_file, broker.key_file)
    return context
