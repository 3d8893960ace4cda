"""What only shows when all rows are seen: the same device twice, one key for several.

Of two rows that say the same the later one is passed over. Where they differ, the first one is taken and says so, and
the later one is refused: a device has one key, and which row is right cannot be seen here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.i18n import said
from ingest.onboarding.sheets.row import GOOD, WORST, Remark, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.i18n import Said
    from ingest.onboarding.sheets.row import Status


def compared(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows with what the others say about them; `wanted` remains where the device can be made."""
    found = list(rows)
    first: dict[str, int] = {}
    keys: dict[object, int] = {}
    for place, row in enumerate(found):
        if row.wanted is None:
            continue
        before = first.setdefault(row.wanted.dev_eui, place)
        if before != place:
            found[place], found[before] = _twice(row, found[before])
        elif row.wanted.app_key is not None:
            other = found[keys.setdefault(row.wanted.app_key, place)]
            if other.line != row.line:
                found[place] = _remarked(row, "warn", said("sheets.shared_key", line=other.line))
    return tuple(row if row.status in GOOD else row._replace(wanted=None) for row in found)


def _twice(row: Row, before: Row) -> tuple[Row, Row]:
    if row.wanted == before.wanted:
        return _remarked(row, "skipped", said("sheets.again", line=before.line)), before
    earlier = _remarked(before, "warn", said("sheets.differs_later", line=row.line))
    return _remarked(row, "refused", said("sheets.differs", line=before.line)), earlier


def _remarked(row: Row, status: Status, text: Said) -> Row:
    worst = max(row.status, status, key=WORST.index)
    return row._replace(status=worst, remarks=(*row.remarks, Remark(status, "", text)))
