"""The consumers that a configuration asks for, and what each of them is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest import data_dir
from ingest.consumer.consumer import GATHER, Consumer
from ingest.consumer.derived import Delivery
from ingest.endpoints import influx_settings
from ingest.registry.invalid import changes_after
from ingest.registry.retired import Retired
from ingest.rollup.derived_log import DerivedReader
from ingest.rollup.sink import Outside as RollupOutside
from ingest.rollup.sink import RollupSink
from ingest.sinks.store import StoreSink

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from contextlib import ExitStack

    from ingest.alerting import Written
    from ingest.alerts.sink import AlertSink
    from ingest.config import InfluxDB, Settings
    from ingest.consumer.feed import Feed
    from ingest.delivered import LogName
    from ingest.journal.writer import SqliteJournal
    from ingest.knowledge import Knowledge
    from ingest.observe.troubles import Troubles
    from ingest.ports import Sink

ROLLUP = RollupSink.name
ALERTS = "alerts"

PATIENT = {ALERTS: 0.1, "store": 0.1, ROLLUP: 0.25}
"""Seconds between the beginnings of two writes, of those of which nobody notices it. A write costs as much as ten
uplinks; a dashboard on InfluxDB shows each as it comes."""


def consumer_names(settings: Settings) -> list[str]:
    """The consumers that a configuration asks for."""
    makers = (ROLLUP, settings.rollup.enabled), (ALERTS, settings.alerts.on)
    return [*sink_names(settings), *[name for name, wanted in makers if wanted]]


def sink_names(settings: Settings) -> list[str]:
    """Those of them that bring readings to where they end up."""
    return [
        name
        for name, wanted in (("influxdb", settings.sinks.influxdb), ("store", settings.sinks.store.enabled))
        if wanted
    ]


class House(NamedTuple):
    """What consumers share.

    Attributes:
        opened: what is closed at the end, latest first.
        connected: the brokers that we are connected to.
        filled: % of the journal's cap that is not delivered.
    """

    settings: Settings
    journal: SqliteJournal
    feed: Feed
    knowledge: Knowledge
    troubles: Troubles
    now: Callable[[], int]
    opened: ExitStack
    connected: Callable[[], Sequence[str]] = tuple
    filled: Callable[[], float] = float


class Outlets:
    """Makes the consumers.

    Attributes:
        consumers: in the order of `consumer_names`.
    """

    def __init__(self, house: House) -> None:
        self._house = house
        self._rollup: RollupSink | None = None
        for name in {ROLLUP, ALERTS} & set(consumer_names(house.settings)):
            data_dir.open_consumer(house.settings.data_dir, name).close()  # whole before anybody reads its second log
        self._wake: Callable[[], None] = _nobody
        self.consumers: list[Consumer] = []
        self.consumers += [self._consumer(name) for name in consumer_names(house.settings)]

    def tidy(self) -> None:
        """Have roll-ups made again at once whose values count otherwise now."""
        if self._rollup is not None:
            self._rollup.tidy()

    def wakes(self, wake: Callable[[], None]) -> None:
        """Whom to wake when there are messages to send."""
        self._wake = wake

    def use(self, before: Settings, after: Settings) -> None:
        """Take over what can change while running."""
        if after.sinks.influxdb is not None and after.sinks.influxdb != before.sinks.influxdb:
            for consumer in self.consumers:
                if consumer.name == "influxdb":
                    consumer.use(_influx_sink(after.sinks.influxdb), _retention(after, "influxdb"))
        for consumer in self.consumers:
            consumer.keep(_retention(after, consumer.name))

    def _consumer(self, name: str) -> Consumer:
        house = self._house
        settings, feed, now, opened = house.settings, house.feed, house.now, house.opened
        db = data_dir.open_consumer(settings.data_dir, name)
        opened.callback(db.close)  # as is the reader, until the consumer is made, which then closes both
        reader = self._house.journal.reader()
        opened.callback(reader.close)
        influxdb = settings.sinks.influxdb
        sink: Sink
        if name == ROLLUP:
            sink = self._rollup_sink(db)
        elif name == ALERTS:
            sink = self._alert_sink(db)
        else:
            sink = StoreSink(db) if name == "store" or influxdb is None else _influx_sink(influxdb)
        consumer = Consumer(
            db,
            sink,
            feed,
            reader,
            now,
            gather=PATIENT.get(name, GATHER),
            retention=_retention(settings, name),
            expires=isinstance(sink, StoreSink),
            on_trouble=house.troubles.sink,
            derived=self._delivery(name, db, "rollup"),
            alerts=self._delivery(name, db, "alerts"),
        )
        opened.callback(consumer.close)
        return consumer

    def _rollup_sink(self, db: sqlite3.Connection) -> RollupSink:
        settings, house = self._house.settings, self._house

        outside = RollupOutside(
            house.knowledge.places,
            lambda change: changes_after(settings.data_dir, change),
            lambda: self._passed("rollup"),
            house.troubles.derived_given_up,
        )
        self._rollup = RollupSink(db, settings.rollup.timezone, house.now, outside)
        return self._rollup

    def _alert_sink(self, db: sqlite3.Connection) -> AlertSink:
        # Here, and not above: a worker that watches for nothing has no use for any of it.
        from ingest.alerting import OwnHealth  # noqa: PLC0415
        from ingest.alerts.sink import AlertSink, Outside  # noqa: PLC0415

        house = self._house
        written = written_of(house)

        readers = [one for one in consumer_names(house.settings) if one != ALERTS]
        health = OwnHealth(
            lambda: [one for one in self.consumers if one.name in readers],
            lambda: house.journal.last,
            house.filled,
            written.brokers,
            house.connected,
        )
        outside = Outside(
            house.connected, health.look, self._posted, lambda: self._passed("alerts"),
            house.troubles.derived_given_up, house.troubles.rule, Retired(house.knowledge.placements, house.now),
        )  # fmt: skip
        return AlertSink(db, written.book(), house.now, outside)

    def _posted(self) -> None:
        self._wake()

    def _passed(self, of: LogName) -> dict[str, int]:
        """How far each sink has a second log for good; nothing where one of them is busy."""
        ways = [(one, one.derived if of == ROLLUP else one.alerts) for one in self.consumers]
        sinks = [(one, way.seq) for one, way in ways if way is not None]
        return {one.name: seq for one, seq in sinks} if all(one.settle() for one, _seq in sinks) else {}

    def _delivery(self, name: str, db: sqlite3.Connection, of: LogName) -> Delivery | None:
        """A sink's way through a second log, where there is one."""
        house, settings = self._house, self._house.settings
        made = {"rollup": settings.rollup.enabled, "alerts": settings.alerts.on}
        if not made[of] or name in (ROLLUP, of):  # the rules look at roll-ups; nobody reads his own
            return None
        log = DerivedReader(settings.data_dir, of)
        house.opened.callback(log.close)
        kept = nanoseconds(settings.rollup.retention) if of == ROLLUP else None
        return Delivery(name, db, log, house.now, retention=kept, troubles=house.troubles, of=of)


def _nobody() -> None:
    """Nobody waits."""


def written_of(house: House) -> Written:
    """What is configured of alerts, with the places as they are known."""
    from ingest.alerting import Written  # noqa: PLC0415  (as above)

    settings, knowledge = house.settings, house.knowledge
    brokers = settings.sources
    return Written(settings, lambda: knowledge.places().sites, brokers)


def _retention(settings: Settings, name: str) -> int | None:
    """How long a sink keeps points, ns; None: for ever."""
    if name in (ROLLUP, ALERTS):
        return None
    sink = settings.sinks.store if name == "store" else settings.sinks.influxdb
    return nanoseconds(sink.retention) if sink else None


def nanoseconds(seconds: int | None) -> int | None:
    """A duration of the configuration."""
    return None if seconds is None else seconds * 1_000_000_000


def _influx_sink(influxdb: InfluxDB) -> Sink:
    # Here, and not above: a worker that writes to its store alone has no use for an HTTP client.
    from ingest.sinks.renewing import RenewingSink  # noqa: PLC0415

    return RenewingSink(lambda: influx_settings(influxdb))
