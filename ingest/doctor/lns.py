"""What can be known of a network server that cannot be asked: only what it publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.doctor.finding import Finding
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.config import Lns


def check(lns: Lns) -> Iterator[Finding]:
    """Say that nothing was asked: a server that nobody asked is not one that is well."""
    observed = said("doctor.lns_not_asked", broker=lns.broker)
    key = "doctor.lns_ask" if lns.api else "doctor.lns_not_asked_remedy"
    yield Finding("network server", f"lns {lns.name}", "unknown", observed, said(key, name=lns.name))
