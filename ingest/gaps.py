"""What is missing of each device's frames and where it was lost, counted from the journal's archive.

The causes are those that were found when the uplinks came (`ingest.intake.gap_cause`): nothing is judged again.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from gateways.uplink import Uplink
from ingest.errors import DataDirError
from ingest.intake.intake import understand
from ingest.journal.entry import Cause, Verdict
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE
from ingest.sqlite import damaged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gateways.uplink import DeviceInfo, Message
    from ingest.devices import Metadata
    from ingest.journal.entry import Entry

PERCENT = 100


class Wanted(NamedTuple):
    """Which uplinks.

    Attributes:
        since: the earliest `received_at`, ns UTC; `until` is the first one that is too late.
        device: DevEUI, lower case; "" any.
        site: "" any.
    """

    since: int
    until: int
    device: str = ""
    site: str = ""


@dataclass
class Account:
    """The uplinks of one device, or of all.

    Attributes:
        site: as of the newest of them.
        received: uplinks that came, each once.
        missing: by cause; a frame that came late after all is taken off again.
        longest: frames of the longest gap, as it was when it was found.
        last: `received_at` of the uplink behind the newest gap, ns UTC; None where there is none.
    """

    dev_eui: str = ""
    site: str = ""
    received: int = 0
    missing: dict[Cause, int] = field(default_factory=lambda: dict.fromkeys(Cause, 0))
    longest: int = 0
    last: int | None = None

    @property
    def lost(self) -> int:
        """Frames that never came."""
        return sum(self.missing.values())

    @property
    def percent(self) -> float:
        """What they are of those that were sent."""
        sent = self.received + self.lost
        return PERCENT * self.lost / sent if sent > 0 else 0.0

    def add(self, entry: Entry) -> None:
        """An uplink."""
        self.received += 1
        if entry.gap:
            self.missing[Cause(entry.cause)] += entry.gap
        if entry.gap > 0:
            self.longest = max(self.longest, entry.gap)
            self.last = max(self.last or entry.received_at, entry.received_at)


class Found(NamedTuple):
    """What is missing.

    Attributes:
        devices: those with the most missing first, then by DevEUI.
        total: all of them.
    """

    devices: tuple[Account, ...]
    total: Account


def find(
    folder: Path,
    wanted: Wanted,
    parse: Callable[[str, bytes], Message],
    resolve: Callable[[DeviceInfo, int], Metadata],
    advance: Callable[[int, int], None] = lambda _done, _all: None,
) -> Found:
    """Count.

    Args:
        folder: the data directory.
        wanted: which uplinks.
        parse: understands an event.
        resolve: whose site it is, as of a time.
        advance: told after each block: events looked at so far, and events in all.

    Raises:
        DataDirError: there is no journal, or it is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        raise DataDirError(f"there is no journal in {folder}", "correct -c or --data")
    devices: dict[str, Account] = {}
    total, looked = Account(), 0
    try:
        with closing(SqliteReader(path)) as reader, reader.snapshot():
            events = reader.count_between(wanted.since, wanted.until)
            for block in reader.between(wanted.since, wanted.until):
                for entry in block.entries:
                    uplink = _uplink(entry, wanted, parse)
                    if uplink is None:
                        continue
                    site = resolve(uplink.device, entry.received_at).site
                    if wanted.site in ("", site):
                        dev_eui = uplink.device.dev_eui
                        account = devices.setdefault(dev_eui, Account(dev_eui))
                        account.site = site
                        account.add(entry)
                        total.add(entry)
                looked += len(block.entries)
                advance(looked, events)
    except sqlite3.DatabaseError as error:
        raise damaged(path, error) from error
    return Found(tuple(sorted(devices.values(), key=lambda one: (-one.lost, one.dev_eui))), total)


def _uplink(entry: Entry, wanted: Wanted, parse: Callable[[str, bytes], Message]) -> Uplink | None:
    """The uplink that an entry holds, where it is one of those that are wanted."""
    if entry.verdict == Verdict.DUPLICATE or not wanted.since <= entry.received_at < wanted.until:
        return None
    message = understand(parse, entry)
    if not isinstance(message, Uplink) or wanted.device not in ("", message.device.dev_eui):
        return None
    return message
