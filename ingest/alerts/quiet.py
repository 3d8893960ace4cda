"""Quiet hours: until when what is not bad waits. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import tzinfo

    from ingest.alerts.department import Quiet

_SECOND = 1_000_000_000
_HOUR = 60
_DAY = 24 * _HOUR


def quiet_until(quiet: Quiet, now: int, zone: tzinfo) -> int | None:
    """When the quiet hours end that it is within now, ns UTC; None outside of them.

    Where they begin and end at the same minute there are none.

    Args:
        quiet: minutes of the local day.
        now: ns UTC.
        zone: whose days they are.
    """
    local = datetime.fromtimestamp(now // _SECOND, zone)
    minute = local.hour * _HOUR + local.minute
    over_midnight = quiet.until < quiet.since
    evening = over_midnight and minute >= quiet.since
    if not (evening or (over_midnight and minute < quiet.until) or quiet.since <= minute < quiet.until):
        return None
    days, end = divmod(quiet.until, _DAY)
    day = local.date() + timedelta(days=days + evening)
    return int(datetime.combine(day, time(*divmod(end, _HOUR)), zone).timestamp()) * _SECOND
