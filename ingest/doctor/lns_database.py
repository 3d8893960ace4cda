"""Does ChirpStack's database hold the others up? SQLite without a write-ahead log does, and loses events by it.

The API does not say which database it is. It shows itself when a question is refused because somebody writes: so many
are asked. That none is refused proves nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from gateways.chirpstack.admin.errors import AdminError
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.doctor.finding import Finding
    from ingest.doctor.server_case import ServerCase

NAME = "database of the network server"

QUESTIONS = 50


@runtime_checkable
class Counts(Protocol):
    """A way to ask that tells how often the answer was "locked", also where it asked again and then had another."""

    @property
    def busy(self) -> int:
        """Such answers so far."""
        ...


def check(case: ServerCase) -> Iterator[Finding]:
    """Ask a small question many times, and no more once the answer is that the database is locked."""
    refused = asked = 0
    while not refused and asked < QUESTIONS:
        asked += 1
        try:
            case.server.applications()
        except AdminError as error:
            if error.kind != "busy":
                raise
            refused = 1
        if isinstance(case.server, Counts):
            refused = max(refused, case.server.busy)
    remedy = said("doctor_lns.database_remedy")
    if refused:
        yield case.found(NAME, "fail", said("doctor_lns.database_locked", busy=refused, asked=asked), remedy)
    else:
        yield case.found(NAME, "unknown", said("doctor_lns.database_unknown", asked=asked), remedy)
