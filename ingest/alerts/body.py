"""What is sent: the body of a message, as bytes. Pure.

Where not all fits, the worst alert is in it, then what is over, then the others: who was told of a beginning has to
hear of its end, or goes on to think that it fires.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from ingest.alerts import texts
from ingest.alerts.payload import VERSION, Data, DepartmentPart, Payload
from ingest.alerts.view import View, flaps, named, rfc3339, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from decoders.vocabulary.quantity import Label
    from ingest.alerts.alert import Change
    from ingest.alerts.department import Department
    from ingest.alerts.message import Type
    from ingest.alerts.news import News
    from ingest.alerts.payload import AlertPart
    from ingest.alerts.view import World

LIMIT = 19_500
"""Bytes of a body: receivers of webhooks are advised to expect less than 20 kB."""

_MOST = 60  # alerts of which a body could be made: no more of the shortest ones fit

_HEAD = 9_000  # bytes of a body beside its alerts, above which its texts are cut too
_TITLE = 200
_TEXT = 600


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
    """The body of a message about these, the most important first; as many of them as fit are in it, and one always.

    Args:
        kind: of message.
        news: at least one.
        department: whom it is for.
        world: what it is made with.
        storm: it is in place of too many messages.
    """
    language, drill = department.language, kind == "alert.drill"
    said = [View(one, department, world).said() for one in news[: texts.LISTED]]
    title = texts.message_title(said[0], len(news), language, digest=kind == "alert.digest")
    stands = Counter(_stands(one.change) for one in news)
    text = texts.message_text(said, stands, world.zone, language, storm=storm)
    if drill:
        title = f"{texts.say('drill_mark', language)} {title}"
        text = f"{texts.say('drill_mark', language)} {texts.say('drill_text', language)}"
    data = Data(
        version=VERSION, department=_department(department), drill=drill, late=any(one.late for one in news),
        flapping=any(flaps(one.change) for one in news), storm=storm, title=title, text=text, count=len(news),
        more=len(news), alerts=(),
    )  # fmt: skip
    bare = Payload(kind, rfc3339(max(one.change.time for one in news), world.zone), data)
    if len(msgspec.json.encode(bare)) > _HEAD:
        data = msgspec.structs.replace(data, title=texts.clip(title, _TITLE), text=texts.clip(text, _TEXT))
        bare = msgspec.structs.replace(bare, data=data)
    views = {number: View(news[number], department, world) for number in _chosen(news)}
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


def _stands(change: Change) -> str:
    """One of `texts.STANDS`."""
    if change.phase == "firing":
        return "firing"
    return change.cause if change.cause in texts.STANDS else "over"


def _chosen(news: Sequence[News]) -> list[int]:
    """The numbers of those that are to be in it, by how much they have to be."""
    order = sorted(range(len(news)), key=lambda number: (number > 0, news[number].kind != "resolved"))
    return order[:_MOST]


def _fitting(views: Mapping[int, View], room: int) -> tuple[AlertPart, ...]:
    """The first of them, as many as fit into so many bytes and one at least, by their numbers."""
    found: dict[int, AlertPart] = {}
    for number, view in views.items():
        part = view.part()
        if not found and len(msgspec.json.encode(part)) > room:
            part = shortened(part)
        room -= len(msgspec.json.encode(part)) + 1
        if room < 0 and found:
            break
        found[number] = part
    return tuple(found[number] for number in sorted(found))


def _department(department: Department) -> DepartmentPart:
    return DepartmentPart(department.id, texts.clip(named(department.name, department.language)), department.language)
