"""What a worker has for alerts beside the consumer: the book of a configuration, the courier, and the page.

[alerts], places ──▶ Book ──▶ the consumer's sink ──▶ outbox ──▶ Courier ──▶ endpoints
                                    ▲
                                    └── Page: an acknowledgement
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from decoders.vocabulary.quantity import Label
from ingest import data_dir
from ingest.alerts import links, notices, rulebook
from ingest.alerts.changes import CLOSE, change
from ingest.alerts.measures import measure
from ingest.alerts.page import City, Page, Shown
from ingest.alerts.routing import Book as Whom
from ingest.alerts.sink import AlertSink, Book
from ingest.alerts.tables import Tables
from ingest.alerts.telling import Telling
from ingest.alerts.view import Place, World
from ingest.delivery.courier import Courier, Trouble
from ingest.errors import ConfigError
from ingest.observe.web import Server
from ingest.registry import wards
from ingest.registry.file import read as read_registry
from ingest.sqlite import transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ingest.alerts.alert import Change
    from ingest.alerts.department import Language
    from ingest.alerts.rule import Rule
    from ingest.alerts.rulebook import Rulebook
    from ingest.alerts.tables import Alert
    from ingest.config import Settings
    from ingest.config.endpoints import AnyEndpoint
    from ingest.consumer.consumer import Consumer
    from ingest.consumer.desk import Desk
    from ingest.registry.site import Site

ALERTS = AlertSink.name


class Written(NamedTuple):
    """What a configuration says of alerts.

    Attributes:
        sites: of the registry, now.
        brokers: whose events count.
    """

    settings: Settings
    sites: Callable[[], Mapping[str, Site]]
    brokers: frozenset[str]

    def rulebook(self) -> Rulebook:
        """Rules and departments.

        Raises:
            ConfigError: they cannot be used.
        """
        return rulebook.load(self.settings.alerts)

    def zone(self) -> ZoneInfo:
        """Whose days and hours."""
        return ZoneInfo(self.settings.rollup.timezone)

    def book(self) -> Book:
        """What the sink works by.

        Raises:
            ConfigError: rules or departments cannot be used.
        """
        found = self.rulebook()
        zone, page = self.zone(), self.settings.alerts.page

        def telling(db: sqlite3.Connection) -> Telling:
            key = Tables(db).link_key()

            def link(alert: str, department: str) -> str:
                return "" if page is None else page.url + links.path_of(key, alert, department)

            whom = Whom.of(found.departments, found.rules)
            world = World(whom, self.place, zone, self.settings.alerts.board or "", link if page else None)
            return Telling(db, world)

        return Book(found.rules, self.brokers, zone, telling)

    def place(self, site: str) -> Place:
        """What is known of a site."""
        known = self.sites().get(site)
        if known is None:
            return Place(Label(site, site))
        name = Label(known.name_vi or known.name_en or site, known.name_en or known.name_vi or site)
        return Place(name, wards.name_of(known.ward) if known.ward else "", known.latitude, known.longitude)

    def endpoints(self) -> dict[str, AnyEndpoint]:
        """Where messages go, by `<department>/<name>`."""
        found: dict[str, AnyEndpoint] = {}
        for one in self.settings.alerts.department:
            own: tuple[AnyEndpoint, ...] = (*one.webhook, *one.alertmanager, *one.email, *one.chat)
            found |= {f"{one.id}/{endpoint.name}": endpoint for endpoint in own}
        return found


class Alerting:
    """Runs beside the consumer, from `start` to `stop`.

    Args:
        written: what is configured.
        consumer: `alerts`.
        now: wall clock, ns UTC.
        on_trouble: told what the courier meets.
        on_page: told what the page refuses or cannot answer.
    """

    def __init__(
        self, written: Written, consumer: Consumer, now: Callable[[], int], on_trouble: Callable[[Trouble], None],
        on_page: Callable[[str], None] = lambda _cause: None,
    ) -> None:  # fmt: skip
        self._written = written
        self._consumer = consumer
        self._now = now
        folder = written.settings.data_dir
        self._on_trouble = on_trouble
        self._rules: Mapping[str, Rule] = {one.id: one for one in written.rulebook().rules}
        self.courier = Courier(lambda: data_dir.open_consumer(folder, ALERTS), written.endpoints(), now, self._met)
        self._page = self._listen(on_page)

    def start(self, guard: Callable[[Callable[[], None]], None]) -> None:
        """Begin to send, and to answer; `guard` runs a thread that must not end."""
        self.courier.start(guard)
        if self._page is not None:
            self._page.start()

    def stop(self, timeout: float) -> None:
        """End; what is under way has so many seconds."""
        if self._page is not None:
            self._page.stop()
        self.courier.stop(timeout)

    def use(self, written: Written) -> Callable[[], None]:
        """What takes over other rules, departments and endpoints.

        Raises:
            ConfigError: they cannot be used.
        """
        book, endpoints = written.book(), written.endpoints()

        def take() -> None:
            self._written, self._rules = written, {one.id: one for one in book.rules}
            self._consumer.desk(lambda desk: _sink(desk).use(book))
            self.courier.use(endpoints)

        return take

    def acknowledge(self, alert: str, who: str) -> None:
        """Somebody has taken an alert on."""
        self.change({"what": "ack", "alerts": [alert], "who": who})

    def change(self, question: dict[str, Any]) -> dict[str, Any]:
        """What a command asks for: a change (`alerts.changes`), or a `drill` for a department.

        Raises:
            CityloraError: it cannot be done.
        """

        def work(desk: Desk) -> dict[str, Any]:
            sink = _sink(desk)
            if question["what"] != "drill":
                return sink.change(question)
            messages = sink.telling.drill(question["department"], self._now())
            sink.send(messages)
            return {"sent": [one.endpoint for one in messages]}

        answer = self._consumer.desk(work)
        self.courier.wake()
        return answer

    def _listen(self, troubled: Callable[[str], None]) -> Server | None:
        page = self._written.settings.alerts.page
        if page is None:
            return None
        with closing(data_dir.read_consumer(self._written.settings.data_dir, ALERTS)) as db:
            key = Tables(db).link_key()
        city = City(self._find, self._show, self._language, self.acknowledge)
        answer = Page(key, city, self._written.zone()).answer
        return Server(page.listen, {}, rest=answer, setting="alerts.page.listen", troubled=troubled)

    def _met(self, trouble: Trouble) -> None:
        """The courier has met something: it is logged, and what a person has to do something about is told."""
        self._on_trouble(trouble)
        notice = notices.of_endpoint(trouble.endpoint, trouble.kind, trouble.words, self._now())
        if notice is None:
            return

        def tell(desk: Desk) -> None:
            sink = _sink(desk)
            sink.send(sink.telling.notice(notice, self._now()))

        try:
            self._consumer.desk(tell)
        except (sqlite3.Error, OSError) as error:
            self._on_trouble(Trouble(trouble.endpoint, "failing", f"the operators cannot be told of it: {error}"))
        self.courier.wake()

    def _find(self, alert: str) -> Alert | None:
        return self._consumer.desk(lambda desk: _sink(desk).tables.alert(alert))

    def _show(self, alert: Alert) -> Shown:
        rule, change = self._rules.get(alert.last.rule), alert.last
        title = Label(change.rule, change.rule) if rule is None else rule.title
        factor, unit = measure(rule)
        return Shown(title, unit, self._where(change), factor)

    def _where(self, change: Change) -> Label:
        return self._written.place(change.scope.site).name if change.scope.site else Label(*[change.scope.key] * 2)

    def _language(self, department: str) -> Language:
        found = [one.language for one in self._written.settings.alerts.department if one.id == department]
        return found[0] if found else "vi"


class OwnHealth:
    """How citylora itself is, as `Health` signals have it; belongs to the consumer's thread.

    Args:
        consumers: those that bring readings somewhere.
        head: the number of the journal's newest event.
        filled: % of the journal's cap that is not delivered.
        brokers: all of them.
        connected: those that we are connected to.
    """

    def __init__(
        self, consumers: Callable[[], Sequence[Consumer]], head: Callable[[], int], filled: Callable[[], float],
        brokers: frozenset[str], connected: Callable[[], Sequence[str]],
    ) -> None:  # fmt: skip
        self._consumers = consumers
        self._head = head
        self._filled = filled
        self._brokers = brokers
        self._connected = connected
        self._since: dict[tuple[str, str], float] = {}

    def look(self) -> Mapping[tuple[str, str], float]:
        """What is so, and for how long, in s; of the disk in %."""
        connected, head = set(self._connected()), self._head()
        ails = {("stalled", name): name not in connected for name in self._brokers}
        for one in self._consumers():
            ails["lag", one.name] = one.cursor.seq < head
            ails["failing", one.name] = one.stalled
        now = time.monotonic()
        self._since = {key: self._since.get(key, now) for key, so in ails.items() if so}
        found = {key: now - self._since[key] if key in self._since else 0.0 for key in ails}
        return {**found, ("disk", ""): self._filled()}


def _sink(desk: Desk) -> AlertSink:
    if not isinstance(desk.sink, AlertSink):
        raise TypeError(f"{desk.sink.name} is not the sink of alerts")
    return desk.sink


def change_offline(settings: Settings, question: dict[str, Any]) -> dict[str, Any]:
    """Change alerts.db while no worker runs.

    Raises:
        CityloraError: it cannot be done, the file cannot be used, or a worker has just begun.
    """
    folder = settings.data_dir
    lock = data_dir.Lock(folder)
    try:
        with closing(data_dir.open_consumer(folder, ALERTS)) as db, transaction(db):
            if question["what"] == CLOSE:
                return _sink_of(settings, db).change(question)
            return change(db, question, time.time_ns())
    finally:
        lock.release()


def _sink_of(settings: Settings, db: sqlite3.Connection) -> AlertSink:
    """The sink of alerts of a configuration, where no worker runs: it hears nothing, and sends nothing itself."""
    sites = read_registry(settings.data_dir).sites
    written = Written(settings, lambda: sites, settings.sources)
    try:
        book = written.book()
    except ConfigError as exc:
        remedy = "no worker runs, and without one an end is told by these rules: correct them, `citylora alerts check`"
        raise ConfigError(str(exc), f"{remedy} says when they are right, then close again; nothing is closed") from exc
    return AlertSink(db, book, time.time_ns)
