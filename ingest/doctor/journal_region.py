"""Do the gateways hear in Việt Nam's band? By the radio plan and the frequency of what came in the last day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.lorawan.regions import plan
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

LOWEST, HIGHEST = 920_000_000, 923_000_000
"""Hz: the band of Circular 08/2021/TT-BTTTT in which AS923-2 lies."""

REGION = "as923_2"


class Regions:
    """Who heard uplinks of another plan, or outside of the band."""

    NAME = "region of gateways"

    def __init__(self) -> None:
        self._right = 0
        self._wrong: dict[str, set[str]] = {}

    def add(self, entry: Entry, message: Message | MalformedEvent) -> None:  # noqa: ARG002  (as every watcher is asked)
        """Look at an uplink's plan, where it has a name that is known, and at its frequency, where that is told."""
        if not isinstance(message, Uplink):
            return
        known = plan(message.region)
        other = known is not None and known is not plan(REGION)
        outside = message.frequency and not LOWEST <= message.frequency <= HIGHEST
        if other or outside:
            name = f"{message.region or '?'}, {message.frequency / 1e6:.1f} MHz"
            self._wrong.setdefault(name, set()).update(link.gateway for link in message.links)
        elif message.frequency:
            self._right += 1

    def findings(self, seen: Seen) -> Iterator[Finding]:
        """What lies outside is named with who heard it."""
        if self._wrong:
            gateways = sorted({gateway for heard in self._wrong.values() for gateway in heard})
            observed = said("doctor_journal.region_wrong", plans=listed(sorted(self._wrong)), gateways=listed(gateways))
            yield found(self.NAME, "fail", observed, said("doctor_journal.region_remedy"))
        elif self._right:
            yield found(self.NAME, "ok", said("doctor_journal.region_right", uplinks=self._right))
        else:
            yield found(self.NAME, "unknown", said("doctor_journal.no_uplinks", hours=seen.hours))
