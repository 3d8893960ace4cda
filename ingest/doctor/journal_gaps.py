"""How many frames of the last day were lost between the gateways and us, and how many inside?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gateways.uplink import Uplink
from ingest.doctor.journal_case import found
from ingest.i18n import said
from ingest.journal.entry import Cause

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.uplink import MalformedEvent, Message
    from ingest.doctor.finding import Finding
    from ingest.doctor.journal_case import Seen
    from ingest.journal.entry import Entry

NETWORK = "frames lost in the network"


class Gaps:
    """What is missing, by the cause that was found when the next uplink came."""

    NAME = NETWORK

    def __init__(self) -> None:
        self._missing: Counter[int] = Counter()
        self._uplinks = 0

    def add(self, entry: Entry, message: Message | MalformedEvent) -> None:
        """Count a gap; a frame that came late is taken off again."""
        if isinstance(message, Uplink):
            self._uplinks += 1
            self._missing[entry.cause] += entry.gap

    def findings(self, seen: Seen) -> Iterator[Finding]:
        """What the radio loses is no fault of a setting, and is not judged here."""
        if not self._uplinks:
            yield found(self.NAME, "unknown", said("doctor_journal.no_uplinks", hours=seen.hours))
            return
        counts = {cause.word: max(0, self._missing[cause]) for cause in Cause}
        observed = said("doctor_journal.gaps", uplinks=self._uplinks, hours=seen.hours, **counts)
        if counts["lost"]:
            yield found(self.NAME, "fail", observed, said("doctor_journal.gaps_lost_remedy"))
        elif counts["network"]:
            yield found(self.NAME, "warn", observed, said("doctor_journal.gaps_network_remedy"))
        else:
            yield found(self.NAME, "ok", observed)
