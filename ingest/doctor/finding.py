"""What a check has observed, and the time that it has for it."""

from __future__ import annotations

import ipaddress
import time
from typing import Literal, NamedTuple, TypeAlias

State: TypeAlias = Literal["ok", "warn", "fail", "unknown"]

STATES: tuple[State, ...] = ("fail", "warn", "unknown", "ok")
"""The worst first."""


class Finding(NamedTuple):
    """One observation.

    Attributes:
        check: what was asked, in a few words that stay the same.
        subject: of whom: `broker city`, `influxdb`, `data_dir`, a file.
        state: `ok`: seen to be so; `unknown`: could not be seen; `warn`: works, and could cost something; `fail`: a
            promise of citylora does not hold.
        observed: what was seen, or why nothing was.
        remedy: what to do about it; "" where there is nothing to do.
    """

    check: str
    subject: str
    state: State
    observed: str
    remedy: str = ""


class Deadline:
    """The time that all checks have together."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float) -> float:
        """Seconds that one step may take: what is left, and no more than it should need."""
        return max(0.0, min(most, self._end - time.monotonic()))


def is_here(host: str) -> bool:
    """Whether what is said to a host leaves this machine at no time."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
