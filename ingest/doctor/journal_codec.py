"""Which codecs in ChirpStack have failed in the last day?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gateways.uplink import Log
from ingest.doctor.finding import listed
from ingest.doctor.journal_case import found
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.uplink import MalformedEvent, Message
    from ingest.doctor.finding import Finding
    from ingest.doctor.journal_case import Seen
    from ingest.journal.entry import Entry

LONGEST = 120
"""Characters of what a codec said."""


class CodecErrors:
    """The log events of code UPLINK_CODEC."""

    NAME = "codec errors"

    def __init__(self) -> None:
        self._profiles: Counter[str] = Counter()
        self._example = ""

    def add(self, entry: Entry, message: Message | MalformedEvent) -> None:  # noqa: ARG002  (as every watcher is asked)
        """Count it, where it is one."""
        if isinstance(message, Log) and message.code == "UPLINK_CODEC":
            device = message.device
            self._profiles[device.profile_name or device.dev_eui if device else "?"] += 1
            self._example = self._example or " ".join(message.description.split())[:LONGEST]

    def findings(self, seen: Seen) -> Iterator[Finding]:
        """The profiles with the most first."""
        if not self._profiles:
            yield found(self.NAME, "ok", said("doctor_journal.codec_none", hours=seen.hours, events=seen.events))
            return
        names = listed([f"{name} ({count})" for name, count in self._profiles.most_common()])
        count = self._profiles.total()
        observed = said("doctor_journal.codec", count=count, hours=seen.hours, names=names, example=self._example)
        yield found(self.NAME, "warn", observed, said("doctor_journal.codec_remedy"))
