"""What channels read out of a message's body: as much of docs/alert.schema.json as they show. Pure.

A body in the outbox may be older than this program, or tell of no alert at all: whatever is not there is empty.
"""

from __future__ import annotations

import msgspec


class Rule(msgspec.Struct, frozen=True):
    """Which rule it is."""

    id: str = ""
    title: str = ""


class Site(msgspec.Struct, frozen=True):
    """Where it is."""

    id: str = ""
    name: str = ""


class Scope(msgspec.Struct, frozen=True):
    """What the rule looks at."""

    kind: str = ""
    id: str = ""
    channel: str = ""


class Links(msgspec.Struct, frozen=True):
    """Where it can be acknowledged, and looked at."""

    acknowledge: str | None = None
    board: str | None = None


class Alert(msgspec.Struct, frozen=True):
    """One alert; times are RFC 3339."""

    id: str
    phase: str
    severity: str = ""
    rule: Rule = Rule()
    scope: Scope = Scope()
    site: Site | None = None
    ward: str = ""
    value: float | None = None
    unit: str = ""
    opened: str = ""
    time: str = ""
    text: str = ""
    links: Links = Links()


class Department(msgspec.Struct, frozen=True):
    """Who is told."""

    id: str = ""
    name: str = ""


class Data(msgspec.Struct, frozen=True):
    """What is told."""

    department: Department = Department()
    drill: bool = False
    title: str = ""
    text: str = ""
    alerts: tuple[Alert, ...] = ()


class Body(msgspec.Struct, frozen=True):
    """A message's body."""

    type: str
    timestamp: str
    data: Data

    @property
    def severity(self) -> str:
        """Of the worst alert, which is the first; "" where it tells of none."""
        return self.data.alerts[0].severity if self.data.alerts else ""

    @property
    def link(self) -> str:
        """Where the first alert is acknowledged, else where it is seen; "" where there is no such page."""
        links = self.data.alerts[0].links if self.data.alerts else Links()
        return links.acknowledge or links.board or ""


read = msgspec.json.Decoder(Body).decode
"""A body; `msgspec.DecodeError` where it is none."""
