"""What a message's body is made of: docs/alert.schema.json, as types. Times are RFC 3339 with the offset of the city.

Nothing in it is of the clock at which it was made: the same changes come to the same body.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from ingest.alerts.message import Type  # noqa: TC001  (msgspec reads the annotations)

VERSION = 1
"""Of the schema. Fields may be added in a version; what a field means never changes in one."""

SeverityName: TypeAlias = Literal["info", "warning", "danger"]


class Names(msgspec.Struct, frozen=True):
    """A name in both languages."""

    vi: str
    en: str


class RulePart(msgspec.Struct, frozen=True):
    """Which rule it is of: `title` in the department's language, `titles` in both."""

    id: str
    title: str
    titles: Names


class ScopePart(msgspec.Struct, frozen=True):
    """What the rule looks at."""

    kind: str
    id: str
    channel: str


class SitePart(msgspec.Struct, frozen=True):
    """Where it is: `name` in the department's language, `names` in both."""

    id: str
    name: str
    names: Names


class Position(msgspec.Struct, frozen=True):
    """WGS 84, degrees."""

    latitude: float
    longitude: float


class Threshold(msgspec.Struct, frozen=True):
    """It is too much from `value` on, `above` or `below` it."""

    direction: Literal["above", "below"]
    value: float


class ReadingPart(msgspec.Struct, frozen=True):
    """What led to it; `more_devices` are not listed."""

    time: str
    value: float
    devices: tuple[str, ...]
    more_devices: int


class Acknowledged(msgspec.Struct, frozen=True):
    """Who has taken it on."""

    at: str
    by: str


class Closed(msgspec.Struct, frozen=True):
    """Who has ended it, and why."""

    by: str
    reason: str


class Links(msgspec.Struct, frozen=True):
    """Where it can be acknowledged, and looked at."""

    acknowledge: str | None
    board: str | None


class AlertPart(msgspec.Struct, frozen=True):
    """One alert. `time`: since when it is in this phase. `signal`: what kind of number `value` is."""

    id: str
    phase: Literal["firing", "resolved"]
    severity: SeverityName
    late: bool
    flapping: bool
    swings: int
    cause: str
    rule: RulePart
    scope: ScopePart
    site: SitePart | None
    ward: str
    position: Position | None
    signal: str
    quantity: str
    unit: str
    value: float
    extreme: float
    threshold: Threshold | None
    opened: str
    time: str
    readings: tuple[ReadingPart, ...]
    acknowledged: Acknowledged | None
    closed: Closed | None
    escalated_from: str | None
    links: Links
    text: str


class DepartmentPart(msgspec.Struct, frozen=True):
    """Who is told: `name` in its language."""

    id: str
    name: str
    language: Literal["vi", "en"]


class Data(msgspec.Struct, frozen=True):
    """What is told. Of `count` alerts `more` are not in `alerts`; see `body` for which."""

    version: int
    department: DepartmentPart
    drill: bool
    late: bool
    flapping: bool
    storm: bool
    title: str
    text: str
    count: int
    more: int
    alerts: tuple[AlertPart, ...]


class Payload(msgspec.Struct, frozen=True):
    """The body. `timestamp`: of the newest change that it tells of."""

    type: Type
    timestamp: str
    data: Data
