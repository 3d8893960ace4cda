"""Departments are told: what they have to know becomes messages, now or when it is due.

    changes ──▶ untold (alert, department) ──▶ judged ──▶ put together ──▶ told, messages
                    ▲                            │
                    └── quiet hours, maintenance, a group, a storm: again later

All that it knows stands in the tables, in the transaction of the caller: what is rolled back is forgotten.

What is sent twice: a message's id is a hash of whom it is for and which alerts it tells of, in which phase and since
when. Its body is made of the changes, the rules and the places, and of nothing that differs when it is made again; only
`created`, which is no part of it, is of the clock. An outbox that has the id leaves its own as it is. Where a restored
backup has events judged again, what is told together may be put together otherwise; the alerts' own ids are the same.
"""

from __future__ import annotations

from base64 import b32encode
from hashlib import blake2b
from itertools import groupby
from typing import TYPE_CHECKING

from ingest.alerts.alert import Change, alert_id
from ingest.alerts.body import body_of, notice_body
from ingest.alerts.grouping import plan
from ingest.alerts.message import Message
from ingest.alerts.muting import windows
from ingest.alerts.news import News, Now, Wait, judge
from ingest.alerts.routing import routed
from ingest.alerts.rule import Scope, Severity
from ingest.alerts.view import DRILL
from ingest.alerts.waiting import WaitingTables
from ingest.errors import CityloraError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    from ingest.alerts.body import Notice
    from ingest.alerts.department import Department
    from ingest.alerts.grouping import Bundle
    from ingest.alerts.message import Type
    from ingest.alerts.news import Waiting
    from ingest.alerts.view import World


class UnknownDepartment(CityloraError):  # noqa: N818  (named for the state)
    """There is no such department."""


class Telling:
    """Says who is told what, and when. Every call is within a transaction of the caller.

    Args:
        db: alerts.db; `alert` has the changes before they are told of.
        world: who there is, what is watched, and what is known of places.
    """

    def __init__(self, db: sqlite3.Connection, world: World) -> None:
        self._db = db
        self._world = world
        self._book = world.book
        self._tables = WaitingTables(db)

    def changed(self, changes: Sequence[Change], now: int, *, live: bool) -> list[Message]:
        """What is sent because alerts begin and end, and because something is due.

        Args:
            changes: in their order.
            now: wall clock, ns UTC.
            live: what there is has been read; else nothing is told before it is.
        """
        for change in changes:
            names = {one.id: None for one in self._concerned(change)}
            self._tables.enqueue(change.alert, names, "new" if live else "late", now if live else 0)
        return self.idle(now, live=live)

    def joined(self, changes: Sequence[Change], now: int) -> None:
        """Further devices say so too: what was muted for those that did so far is judged again."""
        self._tables.unmute([change.alert for change in changes], now)

    def welcome(self) -> None:
        """Departments or rules may be others than before: whoever is to be told of what fires, and was not, is."""
        departments = self._book.departments
        for change in self._tables.firing():
            rule = self._book.rules.get(change.rule)
            if rule is not None:
                self._tables.welcome(change.alert, [one.id for one in routed(change, rule, departments.values())])
        self._tables.ended(departments)

    def idle(self, now: int, *, live: bool) -> list[Message]:
        """What is sent because its time has come."""
        due = list(self._tables.due(now)) if live else []
        if not due:
            return []
        judged_by = Now(now, self._world.zone, self._tables.began(), windows(self._db))
        self._tables.forget_sent(now)
        by_department = {name: list(own) for name, own in groupby(due, lambda one: one.department)}
        order = [*self._book.departments, *by_department]  # those that are no more at the end
        return [
            message
            for name in dict.fromkeys(order)
            if name in by_department
            for message in self._tell(name, by_department[name], judged_by)
        ]

    def drill(self, department: str, now: int) -> list[Message]:
        """A message to each endpoint of a department that says that it is a drill; nothing else is touched.

        Raises:
            UnknownDepartment: there is none of that id.
        """
        found = self._book.departments.get(department)
        if found is None:
            known = ", ".join(self._book.departments) or "none"
            raise UnknownDepartment(f"there is no department {department!r}", f"departments are: {known}")
        scope = Scope("citylora", "")
        change = Change(alert_id(DRILL, scope, now), DRILL, scope, Severity.INFO, "firing", now, now, 0.0, 0.0)
        return self._messages(found, "alert.drill", [News(change, "firing")], now)

    def notice(self, notice: Notice, now: int) -> list[Message]:
        """A message to each endpoint of those who run citylora; the same notice has the same ids."""
        facts = [f"{notice.about} {notice.at}"]
        return [
            Message(
                _hash(endpoint.name, "citylora.notice", facts), "citylora.notice", one.id, endpoint.name, (),
                notice_body(notice, one, self._world), now,
            )
            for one in self._book.departments.values()
            if one.operators
            for endpoint in one.endpoints
        ]  # fmt: skip

    def _concerned(self, change: Change) -> Iterable[Department]:
        """Who may have to be told: of an end those who know of the beginning; those who wait for it do already."""
        departments = self._book.departments
        if change.phase == "resolved":
            return [departments[name] for name in self._tables.knowing(change.alert) if name in departments]
        return routed(change, self._book.rules.get(change.rule), departments.values())

    def _tell(self, name: str, waiting: Sequence[Waiting], now: Now) -> list[Message]:
        """Judge what waits for a department, and tell it what it may know now."""
        department = self._book.departments.get(name)
        news: list[News] = []
        waits: list[tuple[str, Wait]] = []
        for one in waiting:
            verdict = None if department is None else judge(one, department, now)
            if isinstance(verdict, News):
                news.append(verdict)
            elif verdict is None:
                self._tables.done([(one.alert, name)])
            else:
                waits.append((one.alert, verdict))
        planned = plan(news, self._tables.sent(name, now.at), now.at)
        waits += [(one.change.alert, wait) for one, wait in planned.waits]
        self._tables.put_off((alert, name, wait) for alert, wait in waits)
        return [
            message
            for bundle in planned.bundles
            if department is not None
            for message in self._send(department, bundle, now.at)
        ]

    def _send(self, department: Department, bundle: Bundle, now: int) -> list[Message]:
        """Tell a department, and remember that it was told."""
        name = department.id
        self._tables.told(name, [(one.change.alert, one.change.phase) for one in bundle.news], now)
        self._tables.send(name, bundle.about(_id(name, bundle.type, bundle.news), now))
        escalation = department.escalation
        if escalation is not None and escalation.to in self._book.departments:
            for one in bundle.news:
                if one.kind == "firing" and one.change.severity >= escalation.least:
                    self._tables.escalate(one.change.alert, escalation.to, now + escalation.after, name)
        return self._messages(department, bundle.type, bundle.news, now, storm=bundle.storm)

    def _messages(
        self, department: Department, kind: Type, news: Sequence[News], now: int, *, storm: bool = False
    ) -> list[Message]:
        """The same body for each endpoint."""
        body = body_of(kind, news, department, self._world, storm=storm)
        alerts = tuple(one.change.alert for one in news)
        return [
            Message(_id(endpoint.name, kind, news), kind, department.id, endpoint.name, alerts, body, now)
            for endpoint in department.endpoints
        ]


def _id(whom: str, kind: Type, news: Iterable[News]) -> str:
    """The id of a message about alerts, the same whenever it is made."""
    return _hash(whom, kind, sorted(f"{one.change.alert} {one.change.phase} {one.change.time}" for one in news))


def _hash(whom: str, kind: Type, facts: Iterable[str]) -> str:
    """Letters, digits and `_`; no `.`, which what is signed could not hold."""
    digest = blake2b("\0".join((whom, kind, *facts)).encode(), digest_size=15).digest()
    return "msg_" + b32encode(digest).decode().lower()
