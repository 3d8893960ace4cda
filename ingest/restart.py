"""Which tables of a configuration a worker takes over only at its start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.endpoints import session_of
from ingest.outlets import sink_names

if TYPE_CHECKING:
    from ingest.config import Settings

_WHOLE = ("data_dir", "journal", "metrics", "rollup", "network", "serial", "udp")


def needs_restart(began: Settings, after: Settings) -> list[str]:
    """The tables that differ from what the worker began with, and that it does not take over while it runs."""
    fixed = [name for name in _WHOLE if getattr(began, name) != getattr(after, name)]
    if [session_of(one) for one in began.broker] != [session_of(one) for one in after.broker]:
        fixed.append("broker")
    if sink_names(began) != sink_names(after):
        fixed.append("sinks")
    if began.alerts.at_start != after.alerts.at_start:
        fixed.append("alerts")
    return fixed
