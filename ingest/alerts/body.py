"""What is sent: the body of a message, as bytes. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingest.alerts import texts
from ingest.alerts.payload import VERSION, Data, DepartmentPart, Payload
from ingest.alerts.view import View, flaps, named, rfc3339

if TYPE_CHECKING:
    from collections.abc import Sequence

    from decoders.vocabulary.quantity import Label
    from ingest.alerts.department import Department
    from ingest.alerts.message import Type
    from ingest.alerts.news import News
    from ingest.alerts.payload import AlertPart
    from ingest.alerts.view import World

LIMIT = 19_500
"""Bytes of a body: receivers of webhooks are advised to expect less than 20 kB."""

_MOST = 60  # alerts of which a body could be made: no more of the shortest ones fit


class Notice(NamedTuple):
    """What citylora has to say of itself to those who run it.

    Attributes:
        about: tells it from others: the endpoint or the rule that it is about.
        at: since when it is so, ns UTC.
    """

    about: str
    title: Label
    text: Label
    at: int


def body_of(kind: Type, news: Sequence[News], department: Department, world: World, *, storm: bool = False) -> bytes:
    """The body of a message about these, the most important first; as many of them as fit are in it.

    Args:
        kind: of message.
        news: at least one.
        department: whom it is for.
        world: what it is made with.
        storm: it is in place of too many messages.
    """
    language, drill = department.language, kind == "alert.drill"
    views = [View(one, department, world) for one in news[:_MOST]]
    said = [view.said() for view in views[: texts.LISTED]]
    title = texts.message_title(said[0], len(news), language, digest=kind == "alert.digest")
    firing = sum(one.change.phase == "firing" for one in news)
    text = texts.message_text(said, (firing, len(news) - firing), world.zone, language, storm=storm)
    if drill:
        title = f"{texts.say('drill_mark', language)} {title}"
        text = f"{texts.say('drill_mark', language)} {texts.say('drill_text', language)}"
    data = Data(
        version=VERSION, department=_department(department), drill=drill, late=any(one.late for one in news),
        flapping=any(flaps(one.change) for one in news), storm=storm, title=title, text=text, count=len(news),
        more=len(news), alerts=(),
    )  # fmt: skip
    bare = Payload(kind, rfc3339(max(one.change.time for one in news), world.zone), data)
    alerts = _fitting(views, LIMIT - len(msgspec.json.encode(bare)))
    full = msgspec.structs.replace(data, more=len(news) - len(alerts), alerts=alerts)
    return msgspec.json.encode(msgspec.structs.replace(bare, data=full))


def notice_body(notice: Notice, department: Department, world: World) -> bytes:
    """The body of a notice: of no alert."""
    data = Data(
        version=VERSION, department=_department(department), drill=False, late=False, flapping=False, storm=False,
        title=texts.clip(named(notice.title, department.language)),
        text=texts.clip(named(notice.text, department.language)), count=0, more=0, alerts=(),
    )  # fmt: skip
    return msgspec.json.encode(Payload("citylora.notice", rfc3339(notice.at, world.zone), data))


def _fitting(views: Sequence[View], room: int) -> tuple[AlertPart, ...]:
    """The first of them, as many as fit into so many bytes."""
    found: list[AlertPart] = []
    for view in views:
        part = view.part()
        room -= len(msgspec.json.encode(part)) + 1
        if room < 0:
            break
        found.append(part)
    return tuple(found)


def _department(department: Department) -> DepartmentPart:
    return DepartmentPart(department.id, texts.clip(named(department.name, department.language)), department.language)
