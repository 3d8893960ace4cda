"""The one place that builds concrete things: a worker from its settings."""

from __future__ import annotations

import os
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from gateways.chirpstack import events
from gateways.chirpstack.subscriber import Subscriber
from ingest import control, data_dir, radio
from ingest.consumer.feed import Feed
from ingest.endpoints import BrokerEndpoint, session_of
from ingest.errors import CityloraError
from ingest.eviction import Evictor
from ingest.intake.intake import Intake
from ingest.journal.writer import SqliteJournal
from ingest.knowledge import Knowledge
from ingest.observe.troubles import Troubles
from ingest.outlets import ALERTS, House, Outlets, nanoseconds, written_of
from ingest.pipeline import Pipeline
from ingest.replay.fingerprint import fingerprint
from ingest.replay.rebuild import Rebuilds
from ingest.replay.service import Replays
from ingest.restart import needs_restart

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateways.handover import Report
    from ingest.alerting import Alerting
    from ingest.config import Broker, Settings
    from ingest.delivery.courier import Trouble
    from ingest.journal.reader import SqliteReader
    from ingest.observe.log import Log
    from ingest.radio import Source

STOP_SECONDS = 8.0
"""A worker that is told to stop has this long to finish what it holds; systemd's own patience is longer."""


class Worker:
    """Everything that runs, from the brokers to the sinks.

    Attributes:
        failed: why a thread ended that must not end; the process has to be started again.
        troubles: what the log says of what goes wrong.
        alerting: what it has for alerts; None where nothing is watched.
        filled: % of the journal's cap that is not delivered, as whoever watches has measured it.
    """

    def __init__(self, settings: Settings, log: Log, now: Callable[[], int] = time.time_ns) -> None:
        self.settings = self._began_with = settings
        self.failed: str = ""
        self.filled = 0.0
        self.ended = threading.Event()
        self.log = log
        self.troubles = Troubles(log, radio.names(settings))
        self._reloading = threading.Lock()
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
        self._knowledge = Knowledge(settings, self.log)
        self.feed = Feed(events.parse, self._knowledge.decoding(), self.journal.last, self._knowledge.facts())
        self.subscribers: list[Subscriber] = []
        self._house = House(
            settings, self.journal, self.feed, self._knowledge, self.troubles, now, self._opened,
            self._connected, lambda: self.filled,
        )  # fmt: skip
        self._outlets = Outlets(self._house)
        self.consumers = self._outlets.consumers
        self.alerting = self._alerting()
        evictor = Evictor(
            self.journal,
            reader,
            self.consumers,
            settings.journal.max_size,
            stop_when_full=settings.journal.on_full == "stop",
            retention=nanoseconds(settings.journal.retention),
            now=now,
        )
        self.pipeline = Pipeline(self.intake, self.journal, self.feed, evictor, now)
        self.subscribers = [self._subscriber(broker, reader, now) for broker in settings.broker]
        self.radio = radio.made(settings, self.hear, self.intake.counted, self._opened)
        heard = self.radio.acknowledge if self.radio else {}
        self.pipeline.acknowledge_to({one.settings.name: one.acknowledge for one in self.subscribers} | heard)
        self.replays = Replays(self.consumers, self.journal.reader, self.feed, lambda: fingerprint(self.settings))
        self._opened.callback(self.replays.close)
        self.rebuilds = Rebuilds(self.consumers, self.journal.reader, self.feed, now)
        self._opened.callback(self.rebuilds.close)
        self._control = control.Server(
            folder / data_dir.SOCKET,
            {
                "status": self._status,
                "replay": self._replay,
                "purge": self._purge,
                "rewrite": self.replays.step,
                "rebuild": self.rebuilds.step,
                "places": self._read_places,
                **({"sessions": self.radio.read} if self.radio else {}),
                "alerts": self._change_alerts,
            },
        )
        self._threads = [
            threading.Thread(target=self._guard, args=(consumer.run, consumer.name), name=consumer.name, daemon=True)
            for consumer in self.consumers
        ]
        self._intake_thread = threading.Thread(target=self._guard, args=(self.pipeline.run, "intake"), name="intake")

    def start(self) -> None:
        """Begin to work; returns at once."""
        self._control.start()
        for thread in (self._intake_thread, *self._threads):
            thread.start()
        if self.alerting is not None:
            self.alerting.start(lambda run: self._guard(run, "courier"))
        for subscriber in self.subscribers:
            subscriber.start()
        if self.radio is not None:
            self.radio.start(lambda run: self._guard(run, "network"))

    def stop(self) -> None:
        """Take no more, keep and acknowledge what has come, let the consumers end their batches, close the files."""
        deadline = time.monotonic() + STOP_SECONDS
        self._control.stop()
        self._end_intake(deadline)
        for consumer in self.consumers:
            consumer.stop()
        for thread in self._threads:
            thread.join(max(0.1, deadline - time.monotonic()))
        if self.alerting is not None:
            self.alerting.stop(max(0.1, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in (*self._threads, self._intake_thread)):
            return  # one waits for its sink: its batch is repeated at the next start
        self._opened.close()

    def abandon(self) -> None:
        """Close the files of a worker that was never started."""
        self._control.stop()
        self._opened.close()

    @property
    def ways_in(self) -> list[tuple[str, Subscriber | Source]]:
        """What events come from, each with the word for what it is."""
        heard = self.radio.sources if self.radio else []
        return [*(("broker", one) for one in self.subscribers), *(("radio", one) for one in heard)]

    def dead_threads(self) -> list[str]:
        """The threads that have ended, of those without which nothing is kept or nothing delivered."""
        return [thread.name for thread in (self._intake_thread, *self._threads) if not thread.is_alive()]

    def reload(self, settings: Settings) -> None:
        """Take over what can change while running: devices, mappings, topics, and how brokers and sinks are reached.

        Raises:
            CityloraError: the new settings cannot be used; nothing has changed then.
        """
        before, after = self.settings, settings
        reconnect = self._reconnect(settings)
        with self._reloading:
            watch = self._watch(settings)
            self.feed.use(self._knowledge.read(settings), self._knowledge.facts())
            self.settings = settings
            reconnect()
            watch()
        self._outlets.use(before, after)
        for name in needs_restart(self._began_with, after):
            self.log.warning("needs a restart", table=name, cause="not what the worker was started with")

    def hear(self, report: Report) -> None:
        """Pass on what a subscriber reports; an incident is logged once for each cause, and so is its end."""
        self.troubles.broker(report)
        self.pipeline.report(report)

    def _end_intake(self, deadline: float) -> None:
        """The subscribers hand over what they have and go; intake keeps it."""
        for subscriber in self.subscribers:
            subscriber.stop(max(0.1, deadline - time.monotonic()))
        if self.radio is not None:
            self.radio.stop(max(0.1, deadline - time.monotonic()))
        self.pipeline.stop()
        self._intake_thread.join(max(0.1, deadline - time.monotonic()))

    def _guard(self, run: Callable[[], None], name: str) -> None:
        """A thread that ends by an error ends the worker: half a worker would fail silently."""
        try:
            run()
        except Exception as error:  # noqa: BLE001  (reported, and the process ends)
            self.failed = f"{name} failed: {type(error).__name__}: {error}"
            self.ended.set()

    def _subscriber(self, broker: Broker, reader: SqliteReader, now: Callable[[], int]) -> Subscriber:
        endpoint = BrokerEndpoint(broker, self.settings.lns)
        expected = reader.sessions().get(broker.name) == broker.client_id
        return Subscriber(
            endpoint(),
            self.hear,
            expect_session=expected,
            now=now,
            held=reader.subscriptions()[broker.name] if expected else (),
            renew=endpoint,
        )

    def _reconnect(self, settings: Settings) -> Callable[[], None]:
        """What gives each subscriber the credentials, certificates and topics of the new settings.

        Raises:
            ConfigError: the certificates cannot be used.
        """
        places = {session_of(broker): broker for broker in settings.broker}
        changed = [
            (one, BrokerEndpoint(places[place], settings.lns))
            for one, broker in zip(self.subscribers, self._began_with.broker, strict=True)
            if (place := session_of(broker)) in places
        ]

        def take() -> None:
            for subscriber, endpoint in changed:
                if not endpoint().same_as(subscriber.settings):
                    subscriber.use(endpoint)

        return take

    def _status(self, _question: dict[str, Any]) -> dict[str, Any]:
        """What only the process itself knows."""
        blocked = self.pipeline.blocked
        return {
            "pid": os.getpid(),
            "blocked": blocked.reason if blocked else "",
            "devices": self.intake.device_count,
            "conflicts": self._knowledge.conflicts,
            "brokers": {one.settings.name: one.connected.is_set() for one in self.subscribers},
            "radio": self.radio.status() if self.radio else None,
            "consumers": {one.name: one.health._asdict() for one in self.consumers},
        }

    def _alerting(self) -> Alerting | None:
        consumer = next((one for one in self.consumers if one.name == ALERTS), None)
        if consumer is None:
            return None
        from ingest.alerting import Alerting  # noqa: PLC0415  (only who watches for something has a use for it)

        def told(trouble: Trouble) -> None:
            self.troubles.courier(trouble.endpoint, trouble.kind, trouble.words)

        alerting = Alerting(written_of(self._house), consumer, self._house.now, told, self.troubles.page)
        self._outlets.wakes(alerting.courier.wake)
        return alerting

    def _watch(self, settings: Settings) -> Callable[[], None]:
        """What has alerts work by the new settings.

        Raises:
            ConfigError: rules or departments cannot be used.
        """
        if self.alerting is None or not settings.alerts.on:
            return lambda: None
        return self.alerting.use(written_of(self._house._replace(settings=settings)))

    def _connected(self) -> list[str]:
        return [one.settings.name for one in self.subscribers if one.connected.is_set()]

    def _change_alerts(self, question: dict[str, Any]) -> dict[str, Any]:
        if self.alerting is None:
            raise CityloraError("this worker watches for nothing", "name packs or rules in [alerts] and start it again")
        return self.alerting.change(question)

    def _read_places(self, _question: dict[str, Any]) -> dict[str, Any]:
        """A command has changed the registry: it counts for what is decoded from now on."""
        with self._reloading:
            self.feed.use(self._knowledge.read_places(), self._knowledge.facts())
        self._outlets.tidy()
        return {}

    def _replay(self, question: dict[str, Any]) -> dict[str, Any]:
        done = {one.name: one.replay(question.get("reason")) for one in self.consumers}
        return {name: {"stored": stored, "left": left} for name, (stored, left) in done.items()}

    def _purge(self, question: dict[str, Any]) -> dict[str, Any]:
        return {one.name: {"purged": one.purge(question.get("reason"))} for one in self.consumers}
