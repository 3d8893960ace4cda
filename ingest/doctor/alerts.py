"""What is watched for, by the configuration: how many rules, who is told, and what stands out in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.alerts import rulebook
from ingest.alerts.audience import look
from ingest.doctor.finding import Finding
from ingest.errors import CityloraError
from ingest.registry import file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ingest.config import Settings


def alerts(settings: Settings) -> dict[str, Any] | None:
    """Rules and departments; None where nothing is watched for.

    Raises:
        ConfigError: a rule or a department cannot be used.
    """
    if not settings.alerts.on:
        return None
    book = rulebook.load(settings.alerts)
    unverified = sum(not rule.verified for rule in book.rules)
    return {"rules": len(book.rules), "unverified": unverified, "departments": [one.id for one in book.departments]}


def alert_remarks(settings: Settings) -> Iterator[Finding]:
    """Rules that nobody is told of, departments that get nothing, places that there are not."""
    if settings.alerts.on:
        for one in look(rulebook.load(settings.alerts), _sites(settings)):
            yield Finding("alerts", one.subject, "warn", one.problem, one.remedy)


def _sites(settings: Settings) -> Collection[str]:
    """The sites of the registry; none where it cannot be read, which `place_remarks` tells."""
    try:
        return file.read(settings.data_dir).sites
    except CityloraError:
        return ()
