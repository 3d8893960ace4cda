"""Does the network server lose frames when a gateway sends at once what it had kept?

Frames of one device that arrive within some 100 ms overtake each other there, and the older one is dropped. A gateway
that has kept a frame dates it long before the server had it; a counter that is left out beside such a frame is lost so.
"""

from __future__ import annotations

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

KEPT = 10_000_000_000
"""ns that a frame was under way, by the two clocks, when it must have been kept on the way."""


class Bursts:
    """Uplinks that a gateway had kept, and the counters missing just before them."""

    NAME = "frames lost after gateway bursts"

    def __init__(self) -> None:
        self._kept = self._lost = 0
        self._gateways: set[str] = set()

    def add(self, entry: Entry, message: Message | MalformedEvent) -> None:
        """Look how long an uplink was under way."""
        if not isinstance(message, Uplink):
            return
        late = [link.gateway for link in message.links if _kept(link.ns_time, link.gps_time or link.gw_time)]
        if late and len(late) == len(message.links):
            self._kept += 1
            self._lost += entry.gap
            if entry.gap > 0:
                self._gateways.update(late)

    def findings(self, seen: Seen) -> Iterator[Finding]:
        """Where no gateway had to keep anything, nothing is known."""
        if not self._kept:
            yield found(self.NAME, "unknown", said("doctor_journal.bursts_none", hours=seen.hours))
        elif self._lost > 0:
            names = listed(sorted(self._gateways))
            observed = said("doctor_journal.bursts_lost", kept=self._kept, lost=self._lost, names=names)
            yield found(self.NAME, "warn", observed, said("doctor_journal.bursts_remedy"))
        else:
            yield found(self.NAME, "ok", said("doctor_journal.bursts_whole", kept=self._kept))


def _kept(server: int | None, gateway: int | None) -> bool:
    return server is not None and bool(gateway) and server - (gateway or 0) > KEPT
