"""A city whose alerts are told: tables in memory, a clock that the test moves, and all that was ever sent.

A test reads as a script: what fires, what time it is, and who was sent what.
"""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from decoders.vocabulary.quantity import Label
from ingest.alerts.alert import Change, alert_id
from ingest.alerts.department import Department, Endpoint
from ingest.alerts.routing import Book
from ingest.alerts.rule import Field, Rule, Scope, Severity, Trigger
from ingest.alerts.schema import SCHEMA
from ingest.alerts.tables import Tables
from ingest.alerts.telling import Telling
from ingest.alerts.view import Place, World
from ingest.sqlite import transaction
from tests.json_schema import faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.alerts.message import Message

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NOON = int(datetime(2026, 11, 22, 12, 0, tzinfo=ZONE).timestamp()) * SECOND

SCHEMA_FILE = Path(__file__).parents[2] / "docs" / "alert.schema.json"
JSON_SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_bytes())

PLACES = {
    "cau-do": Place(Label("Cầu Đỏ", "Cau Do bridge"), "Cẩm Lệ", 16.0112, 108.1996),
    "me-suot": Place(Label("Mẹ Suốt", "Me Suot street"), "Hòa Khánh"),
}


def rule(name: str, severity: Severity = Severity.DANGER, above: float = 2.0, **more: Any) -> Rule:
    """A rule on the water level."""
    title = Label("Mực nước trên báo động 2", "Water above alarm level 2")
    trigger = Trigger(above=above, clear=above)
    return Rule(name, title, severity, Field("water", "water_level"), trigger, unit="m", **more)


LEVELS = (
    rule("flood/bd1", Severity.WARNING, 1.0),
    rule("flood/bd2", Severity.DANGER, 2.0),
    rule("rain/heavy", Severity.WARNING),
    rule("health/battery", Severity.INFO),
)


def department(name: str, **more: Any) -> Department:
    """A department with one webhook that gets everything, unless the test says otherwise."""
    endpoints = (Endpoint(f"{name}/hook"),)
    label = Label(f"Sở {name}", f"Department {name}")
    return Department(**{"id": name, "name": label, "endpoints": endpoints, "rules": ("*",), **more})


def asking(alert: str, department: str) -> str:
    """The link of an alert."""
    return f"https://ack.example/ack/{alert}/{department}/signed"


class Mail(NamedTuple):
    """A message as it was received."""

    message: Message
    at: int

    @property
    def body(self) -> Any:
        """What is in it."""
        return json.loads(self.message.body)

    @property
    def alerts(self) -> list[Any]:
        """Those that are listed."""
        found: list[Any] = self.body["data"]["alerts"]
        return found

    @property
    def line(self) -> str:
        """Who was sent what, in a few words: `thoat-nuoc firing cau-do flood/bd1, cau-do flood/bd2`."""
        told = ", ".join(f"{one['scope']['id']} {one['rule']['id']}" for one in self.alerts)
        return f"{self.message.department} {self.message.type.removeprefix('alert.')} {told}"

    @property
    def phases(self) -> list[str]:
        """Of those that are listed."""
        return [one["phase"] for one in self.alerts]


class City:
    """Its tables, its clock and its post. Every message is held against the published schema as it is sent.

    Attributes:
        mail: all that was sent, in order.
    """

    def __init__(self, *departments: Department, rules: Iterable[Rule] = LEVELS, began: int = 0) -> None:
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        self.db.executescript(SCHEMA)
        self.db.execute("UPDATE alerts_state SET began = ?", (began,))
        self.tables = Tables(self.db)
        self.now = NOON
        self.live = True
        self.mail: list[Mail] = []
        self.board = "https://board.example/d/{site}"
        self.rules = list(rules)
        self.use(*departments)

    def use(self, *departments: Department) -> None:
        """These departments from now on."""
        self.world = World(Book.of(departments, self.rules), self.about, ZONE, self.board, asking)
        self.telling = Telling(self.db, self.world)

    def joins(self, *departments: Department) -> list[Mail]:
        """These departments from now on, as the sink takes them over."""
        self.use(*departments)
        with transaction(self.db):
            self.telling.welcome()
        return self.idle()

    @staticmethod
    def about(site: str) -> Place:
        """What is known of a site."""
        return PLACES.get(site, Place(Label(site, site)))

    def close(self) -> None:
        """Let go of the tables."""
        self.db.close()

    def change(self, phase: Any, rule: str, site: str = "cau-do", *, opened: int | None = None, **more: Any) -> Change:
        """A change of an alert; one that ends began when the newest of its kind did."""
        known = next((one for one in self.rules if one.id == rule), None)
        scope = more.pop("scope", Scope("site", site, site=site, ward="Cẩm Lệ"))
        if opened is None:
            opened = self.now
        severity = more.pop("severity", known.severity if known else Severity.WARNING)
        own = {"value": 2.35, "extreme": 2.5, "devices": ("24e124126a148401",), **more}
        alert = alert_id(rule, scope, opened)
        return Change(alert=alert, rule=rule, scope=scope, severity=severity, phase=phase, opened=opened, time=self.now, **own)  # fmt: skip  # noqa: E501

    def fires(self, *rules: str, site: str = "cau-do", **more: Any) -> list[str]:
        """Alerts begin, in one transaction; their ids."""
        changes = [self.change("firing", name, site, **more) for name in rules]
        self.take(changes)
        return [one.alert for one in changes]

    def ends(self, *alerts: str, **more: Any) -> list[Mail]:
        """Alerts are over, in one transaction."""
        return self.take([self.over(alert, **more) for alert in alerts])

    def over(self, alert: str, **more: Any) -> Change:
        """The end of an alert."""
        found = self.tables.alert(alert)
        assert found is not None
        last = found.last
        return self.change("resolved", last.rule, last.scope.id, opened=last.opened, scope=last.scope, **more)

    def take(self, changes: Sequence[Change]) -> list[Mail]:
        """Changes, in one transaction."""
        with transaction(self.db):
            self.tables.record(changes)
            return self._sent(self.telling.changed(changes, self.now, live=self.live))

    def later(self, ns: int) -> list[Mail]:
        """Time goes on, in steps of at most ten seconds, with an idle turn at each."""
        until, before = self.now + ns, len(self.mail)
        while self.now < until:
            self.now = min(until, self.now + 10 * SECOND)
            self.idle()
        return self.mail[before:]

    def clock(self, text: str) -> list[Mail]:
        """It is this time of the local day next (`22:00`), with an idle turn at each minute until then."""
        local = datetime.fromtimestamp(self.now // SECOND, ZONE)
        hour, minute = map(int, text.split(":"))
        ahead = (hour * 60 + minute - local.hour * 60 - local.minute) % (24 * 60)
        before = len(self.mail)
        for _ in range(ahead):
            self.now += MINUTE
            self.idle()
        return self.mail[before:]

    def idle(self) -> list[Mail]:
        """An idle turn."""
        with transaction(self.db):
            return self._sent(self.telling.idle(self.now, live=self.live))

    def acknowledge(self, alert: str, who: str = "Trần Thị Lan") -> None:
        """Somebody takes an alert on."""
        with transaction(self.db):
            assert self.tables.acknowledge(alert, who, self.now)

    def lines(self) -> list[str]:
        """What was sent, in a few words."""
        return [one.line for one in self.mail]

    def waits(self) -> list[tuple[str, str]]:
        """Who waits, and for what."""
        return self.db.execute("SELECT department, why FROM untold ORDER BY department, alert").fetchall()

    def _sent(self, messages: Sequence[Message]) -> list[Mail]:
        found = [Mail(one, self.now) for one in messages]
        for one in found:
            assert not faults(one.body, JSON_SCHEMA), faults(one.body, JSON_SCHEMA)
            assert len(one.message.body) < 20_000
            assert one.body["type"] == one.message.type
        self.mail += found
        return found
