"""Does what the network server hears come to citylora's journal?

Both remember when they last heard each device. So it is seen also where nothing comes while we listen: an integration
that is switched off, an application that is left out, an ACL that lets nothing through.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from ingest.doctor.finding import listed
from ingest.errors import CityloraError
from ingest.i18n import said
from ingest.intake.device_state import past
from ingest.journal.reader import SqliteReader
from ingest.journal.writer import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.doctor.finding import Finding
    from ingest.doctor.server_case import ServerCase

NAME = "events against network server"

MILLISECOND = 1_000_000
MINUTE = 60_000_000_000

SETTLED = 3 * MINUTE
"""The worker writes down once a minute whom it has heard: what is younger proves nothing."""

BEHIND = 5 * MINUTE
"""The network server's clock and ours may differ, and so may the two times of one uplink."""

DAY = 1440 * MINUTE


def check(case: ServerCase) -> Iterator[Finding]:
    """Compare the two times of each device that the server has heard within a day."""
    recent = {
        dev_eui: one.last_seen
        for dev_eui, one in case.fleet().devices.items()
        if one.last_seen is not None and SETTLED < case.now - one.last_seen < DAY
    }
    if not recent:
        yield case.found(NAME, "unknown", said("doctor_lns.nothing_recent"))
        return
    try:
        heard = _heard(case.settings.data_dir)
    except CityloraError as error:
        yield case.found(NAME, "unknown", *error.texts)
        return
    missing = [dev_eui for dev_eui, seen in recent.items() if heard.get(dev_eui, 0) < seen - BEHIND]
    if missing:
        names = listed([case.fleet().devices[one].name or one for one in missing])
        observed = said("doctor_lns.unheard", missing=len(missing), all=len(recent), names=names)
        yield case.found(NAME, "fail", observed, said("doctor_lns.unheard_remedy"))
    else:
        yield case.found(NAME, "ok", said("doctor_lns.heard", all=len(recent)))


def _heard(folder: Path) -> dict[str, int]:
    """When the newest uplink of each device came, ns UTC."""
    if not (folder / FILE).is_file():
        return {}
    try:
        with closing(SqliteReader(folder / FILE)) as reader:
            _, states = reader.devices()
    except sqlite3.DatabaseError as error:
        raise CityloraError(f"{folder / FILE}: {error}") from error
    return {f"{dev_eui:016x}": past(state).newest * MILLISECOND for dev_eui, state in states.items()}
