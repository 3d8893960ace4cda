"""Ends that no value brings about: closed by hand, its device is at no site any more, or at another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.alerts.log import DECOMMISSIONED, MOVED

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from ingest.alerts.clocks import Clocks
    from ingest.alerts.index import Index
    from ingest.alerts.log import Log
    from ingest.alerts.watch import Watch


class Said(NamedTuple):
    """Who says that something is over, why, and when (ns UTC)."""

    by: str
    why: str
    now: int


def close(
    watches: Iterable[Watch], silences: AbstractSet[str], alerts: AbstractSet[str], said: Said, log: Log
) -> dict[str, Watch]:
    """Somebody says that alerts are over.

    Args:
        watches: all there are.
        silences: rules that look at silence: what is still silent stays closed.
        alerts: the ids.
        said: by whom, and why.
        log: told of it.

    Returns:
        Of those that fired the watch, by the alert's id.
    """
    found = {watch.alert: watch for watch in watches if watch.alert in alerts}
    for watch in found.values():
        watch.close(log, said.now, said.by, said.why)
        watch.hushed = watch.rule in silences
    return found


def retire(watches: Iterable[Watch], silences: AbstractSet[str], retired: AbstractSet[str], log: Log) -> list[Watch]:
    """Devices are at no site any more: that they are silent is nobody's business until they are heard again."""
    found = [one for one in watches if one.alert and one.rule in silences and one.scope.id in retired]
    for watch in found:
        watch.end(DECOMMISSIONED, log)
        watch.hushed = True
    return found


def move(index: Index, clocks: Clocks, log: Log) -> list[Watch]:
    """Devices have turned up at another site: what fired where they were is over, and counts no more."""
    moved, index.moved = index.moved, []
    for watch, scope in moved:
        if watch.scope.site != scope.site:
            watch.settle(clocks.watermark(watch.sources), log)
            watch.end(MOVED, log)
            watch.reset(log)
        if not watch.alert:
            watch.scope = scope
    return [watch for watch, _scope in moved]
