"""Are the gateways' clocks right? By when they say that they had a frame, against when the server had it."""

from __future__ import annotations

import statistics
from typing import TYPE_CHECKING

from gateways.uplink import Uplink
from ingest.doctor.finding import listed
from ingest.doctor.journal_case import found
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.uplink import MalformedEvent, Message
    from ingest.doctor.finding import Finding
    from ingest.doctor.journal_case import Seen
    from ingest.journal.entry import Entry

APART = 10.0
"""Seconds between the two clocks; the server itself believes a gateway up to 30."""

MOST = 1_000
"""Receptions of a gateway that are compared, the newest."""


class GatewayClocks:
    """How far each gateway's clock is from the server's."""

    NAME = "clocks of gateways"

    def __init__(self) -> None:
        self._ahead: dict[str, list[float]] = {}

    def add(self, entry: Entry, message: Message | MalformedEvent) -> None:  # noqa: ARG002  (as every watcher is asked)
        """Compare the two times of each reception."""
        if not isinstance(message, Uplink):
            return
        for link in message.links:
            at = link.gps_time or link.gw_time
            ahead = self._ahead.setdefault(link.gateway, [])
            if at and link.ns_time is not None and len(ahead) < MOST:
                ahead.append((at - link.ns_time) / 1e9)

    def findings(self, seen: Seen) -> Iterator[Finding]:
        """By the median: single frames may have been kept on the way."""
        apart = {name: statistics.median(ahead) for name, ahead in self._ahead.items() if ahead}
        wrong = {name: ahead for name, ahead in apart.items() if abs(ahead) > APART}
        if not apart:
            yield found(self.NAME, "unknown", said("doctor_journal.clocks_untold", hours=seen.hours))
        elif wrong:
            names = listed([f"{name} ({ahead:+.0f} s)" for name, ahead in sorted(wrong.items())])
            observed = said("doctor_journal.clocks_wrong", wrong=len(wrong), all=len(apart), names=names)
            yield found(self.NAME, "warn", observed, said("doctor_journal.clocks_remedy"))
        else:
            yield found(self.NAME, "ok", said("doctor_journal.clocks_right", all=len(apart), seconds=APART))
