"""What can be known of a network server that cannot be asked: only what it publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.doctor.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.config import Lns


def check(lns: Lns) -> Iterator[Finding]:
    """Say that nothing was asked: a server that nobody asked is not one that is well."""
    observed = f"nothing was asked of it; what it publishes is heard at broker {lns.broker}"
    yield Finding("network server", f"lns {lns.name}", "unknown", observed)
