"""One alert as a department sees it: where it is, in its language, as the part of a body. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from msgspec.structs import replace

from decoders.vocabulary.quantity import Label
from ingest.alerts import texts
from ingest.alerts.measures import measure, silent_for, threshold_of, watched
from ingest.alerts.payload import (
    Acknowledged,
    AlertPart,
    Closed,
    Links,
    Names,
    Position,
    ReadingPart,
    RulePart,
    ScopePart,
    SitePart,
)
from ingest.alerts.rule import Severity

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import tzinfo

    from ingest.alerts.alert import Change
    from ingest.alerts.department import Department, Language
    from ingest.alerts.news import News
    from ingest.alerts.payload import SeverityName
    from ingest.alerts.routing import Book
    from ingest.alerts.texts import Note, Said

FLAPPING = 2
"""An alert that came again so often flaps."""

DRILL = "drill"
"""The rule that a drill is of; there is no such one."""

_DEVICES = 20
_SHORT = 40  # characters of a name, where all of them are too long
_BOARD = 1_000  # and of an address that can be left out
_SECOND = 1_000_000_000
_MILLISECOND = 1_000_000


class Place(NamedTuple):
    """A site, as far as it is known.

    Attributes:
        ward: its name; "" where it is not known.
        latitude: degrees north, WGS 84.
        longitude: degrees east.
    """

    name: Label
    ward: str = ""
    latitude: float | None = None
    longitude: float | None = None


class World(NamedTuple):
    """What bodies are made with; none of it changes while it is used.

    Attributes:
        about: what is known of a site, by its id.
        board: address of a site's board, with `{site}` where its id belongs; "" for none.
        link: where a department acknowledges an alert; None for no links.
    """

    book: Book
    about: Callable[[str], Place]
    zone: tzinfo
    board: str = ""
    link: Callable[[str, str], str] | None = None


def rfc3339(at: int, zone: tzinfo) -> str:
    """A time, ns UTC, as bodies have it: `2026-11-22T07:30:00.250+07:00`."""
    seconds, rest = divmod(at, _SECOND)
    local = datetime.fromtimestamp(seconds, zone).replace(microsecond=rest // _MILLISECOND * 1000)
    return local.isoformat(timespec="milliseconds")


class View:
    """One alert as a department sees it.

    Args:
        news: it.
        department: whose language it is in.
        world: what is known of places and rules.
    """

    def __init__(self, news: News, department: Department, world: World) -> None:
        self._news = news
        self._change = news.change
        self._department = department
        self._language = department.language
        self._world = world
        self._rule = world.book.rules.get(news.change.rule)
        scope = news.change.scope
        self._place = world.about(scope.site) if scope.site else None

    def said(self) -> Said:
        """What is said of it."""
        change, trigger = self._change, self._rule.trigger if self._rule else None
        threshold = threshold_of(self._rule)
        factor, unit = measure(self._rule)
        return texts.Said(
            title=texts.clip(named(self._titles(), self._language)), place=self._place_text(),
            severity=change.severity.name, firing=change.phase == "firing", value=change.value * factor,
            extreme=change.extreme * factor, unit=unit, below=None if trigger is None else trigger.above is None,
            threshold=threshold.value * factor if threshold else None, opened=change.opened, time=change.time,
            cause=change.cause, silent=silent_for(self._rule, change), notes=self._notes(),
        )  # fmt: skip

    def part(self) -> AlertPart:
        """What the body has of it."""
        change, rule, titles, said = self._change, self._rule, self._titles(), self.said()
        signal, quantity = watched(rule.signal) if rule else ("", "")
        scope = ScopePart(change.scope.kind, texts.clip(change.scope.id), texts.clip(change.scope.channel))
        return AlertPart(
            id=change.alert, phase=change.phase, severity=_SEVERITY[change.severity], late=self._news.late,
            flapping=flaps(change), swings=change.swings, cause=change.cause,
            rule=RulePart(change.rule, said.title, Names(texts.clip(titles.vi), texts.clip(titles.en))), scope=scope,
            site=self._site(), ward=self._ward(), position=self._position(), signal=signal, quantity=quantity,
            unit=rule.unit if rule else "", value=change.value, extreme=change.extreme, threshold=threshold_of(rule),
            opened=self._time(change.opened), time=self._time(change.time), readings=(self._reading(),),
            acknowledged=self._acknowledged(), closed=self._closed(),
            escalated_from=self._news.origin or None, links=self._links(),
            text=texts.alert_text(said, self._world.zone, self._language),
        )  # fmt: skip

    def _titles(self) -> Label:
        if self._rule is not None:
            return self._rule.title
        return texts.DRILL if self._change.rule == DRILL else Label(self._change.rule, self._change.rule)

    def _site(self) -> SitePart | None:
        if self._place is None:
            return None
        site, name = self._change.scope.site, self._place.name
        names = Names(texts.clip(name.vi or name.en or site), texts.clip(name.en or name.vi or site))
        return SitePart(texts.clip(site), names.vi if self._language == "vi" else names.en, names)

    def _ward(self) -> str:
        return texts.clip(self._place.ward if self._place and self._place.ward else self._change.scope.ward)

    def _place_text(self) -> str:
        """Where it is, for a person."""
        scope, language, site = self._change.scope, self._language, self._site()
        if scope.kind == "ward":
            return texts.say("ward", language, id=texts.clip(self._ward() or scope.id))
        if scope.kind == "site" and site is not None:
            place = site.name
        else:
            kind = "sink" if scope.kind == "citylora" and scope.id else scope.kind
            place = texts.say(kind, language, id=texts.clip(scope.id))
            place = place if site is None else texts.say("of_site", language, place=place, site=site.name)
        if scope.channel != "0":
            place = texts.say("channel", language, place=place, channel=texts.clip(scope.channel))
        ward = self._ward()
        return texts.say("in_ward", language, place=place, ward=ward) if ward else place

    def _position(self) -> Position | None:
        place = self._place
        if place is None or place.latitude is None or place.longitude is None:
            return None
        return Position(place.latitude, place.longitude)

    def _reading(self) -> ReadingPart:
        change = self._change
        devices = tuple(texts.clip(one) for one in change.devices[:_DEVICES])
        return ReadingPart(self._time(change.time), change.value, devices, len(change.devices) - len(devices))

    def _acknowledged(self) -> Acknowledged | None:
        news = self._news
        return Acknowledged(self._time(news.acked_at), texts.clip(news.acked_by)) if news.acked_at else None

    def _closed(self) -> Closed | None:
        change = self._change
        return Closed(texts.clip(change.closed_by), texts.clip(change.closed_why)) if change.closed_by else None

    def _links(self) -> Links:
        news, world, site = self._news, self._world, self._change.scope.site
        open_ = news.kind == "firing" and not news.acked_at and self._change.rule != DRILL
        ack = world.link(news.change.alert, self._department.id) if open_ and world.link else None
        board = world.board.replace("{site}", quote(site, safe="")) if site or "{site}" not in world.board else ""
        return Links(ack, board or None)

    def _notes(self) -> list[Note]:
        """What is said beside."""
        news, change = self._news, self._change
        notes: list[Note] = []
        if change.cause in CAUSES:
            notes.append((change.cause, {}))
        if change.cause == "closed":
            notes.append(("closed_by", {"who": texts.clip(change.closed_by), "why": _clause(change.closed_why)}))
        if change.devices and change.phase == "firing" and change.scope.kind not in {"site", "device"}:
            count = len(change.devices)
            notes.append(("device_one" if count == 1 else "devices", {"devices": count}))
        if flaps(change):
            notes.append(("flapping", {"swings": change.swings}))
        if news.late:
            notes.append(("joined" if news.joined else "late", {}))
        if news.origin:
            notes.append(("escalated", {"who": self._department_name(news.origin)}))
        if news.acked_at:
            notes.append(("acknowledged", {"who": texts.clip(news.acked_by)}))
        return notes

    def _department_name(self, department: str) -> str:
        found = self._world.book.departments.get(department)
        return texts.clip(named(found.name, self._language)) if found else department

    def _time(self, at: int) -> str:
        return rfc3339(at, self._world.zone)


_SEVERITY: Mapping[int, SeverityName] = {
    Severity.INFO: "info",
    Severity.WARNING: "warning",
    Severity.DANGER: "danger",
}
CAUSES = frozenset({"rule_removed", "rule_changed", "site_gone", "gone", "moved", "decommissioned"})
"""Of an end: those that have a sentence of their own."""


def named(label: Label, language: Language) -> str:
    """A name in a language, or in the other one where there is none."""
    return (label.vi or label.en) if language == "vi" else (label.en or label.vi)


def _clause(text: str) -> str:
    """What somebody wrote, as it can stand before a full stop."""
    return texts.clip(text).rstrip(" .!")


def shortened(part: AlertPart) -> AlertPart:
    """The same in few bytes, whatever names and devices there are: what it is known by, and its link, stay."""
    rule, site, (reading, *_), links = part.rule, part.site, part.readings, part.links
    board = links.board if links.board is not None and len(links.board) <= _BOARD else None
    reading = replace(reading, devices=(), more_devices=len(reading.devices) + reading.more_devices)
    return replace(
        part, rule=replace(rule, title=texts.clip(rule.title, _SHORT), titles=_short(rule.titles)),
        site=site and replace(site, name=texts.clip(site.name, _SHORT), names=_short(site.names)),
        ward=texts.clip(part.ward, _SHORT), readings=(reading,), links=replace(links, board=board),
        acknowledged=part.acknowledged and replace(part.acknowledged, by=texts.clip(part.acknowledged.by, _SHORT)),
        closed=part.closed and Closed(texts.clip(part.closed.by, _SHORT), texts.clip(part.closed.reason, _SHORT)),
        text=texts.clip(part.text, texts.LONGEST),
    )  # fmt: skip


def _short(names: Names) -> Names:
    return Names(texts.clip(names.vi, _SHORT), texts.clip(names.en, _SHORT))


def flaps(change: Change) -> bool:
    """Whether it was over and came again too often to be told of each."""
    return change.swings >= FLAPPING
