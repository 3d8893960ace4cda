"""Who is told, of what, where, and when: departments as values."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from decoders.vocabulary.quantity import Label  # noqa: TC001  (msgspec reads the annotations)
from ingest.alerts.rule import Severity, Where

Language: TypeAlias = Literal["vi", "en"]

Channel: TypeAlias = Literal["webhook", "alertmanager", "email", "chat"]


class Endpoint(msgspec.Struct, frozen=True):
    """One address of a department. Its secrets are not here: who delivers reads them when it needs them.

    Attributes:
        name: unique in the city, `<department>/<its own name>`: an outbox belongs to it.
    """

    name: str
    channel: Channel = "webhook"


class Escalation(msgspec.Struct, frozen=True):
    """Who is told where nobody has acknowledged.

    Attributes:
        after: ns since the department was told.
        to: a department's id.
        least: alerts as bad as this.
    """

    after: int
    to: str
    least: Severity = Severity.WARNING


class Quiet(msgspec.Struct, frozen=True):
    """Hours in which what is not bad waits for the morning.

    Attributes:
        since: and `until`: minutes since the local midnight; over midnight where `until` is smaller.
        below: alerts less bad than this wait.
    """

    since: int
    until: int
    below: Severity = Severity.DANGER


class Department(msgspec.Struct, frozen=True):
    """Whom the city has for something.

    Attributes:
        id: `thoat-nuoc`, stable.
        rules: what it gets: rules by id, or all of a pack by `pack/*`; "*" is every rule.
        where: of which places; what is empty leaves all.
        least: as bad as this at least.
        operators: it runs citylora: it is told of endpoints that are disabled and of rules that fail.
    """

    id: str
    name: Label
    language: Language = "vi"
    endpoints: tuple[Endpoint, ...] = ()
    rules: tuple[str, ...] = ()
    where: Where = Where()
    least: Severity = Severity.INFO
    quiet: Quiet | None = None
    escalation: Escalation | None = None
    operators: bool = False
