"""Is this machine's clock kept right? By what the kernel knows of it (adjtimex(2)), which asks nobody."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

from ingest.doctor.finding import Finding
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator

UNSYNCHRONISED = 0x0040
"""STA_UNSYNC of <linux/timex.h>: nobody disciplines the clock."""

_SIZE = 512
"""Bytes: struct timex takes some 200, and may grow."""

_STATUS = 5 * ctypes.sizeof(ctypes.c_long)
"""Where its `status` stands: behind modes (padded), offset, freq, maxerror and esterror, each a long."""


def check() -> Iterator[Finding]:
    """Look, and change nothing (modes = 0)."""
    yield judge(status())


def judge(status: int | None) -> Finding:
    """What the kernel's status bits come to; None where it does not tell."""
    if status is None:
        return Finding("clock of this machine", "machine", "unknown", said("doctor.clock_untold"))
    if status & UNSYNCHRONISED:
        observed, remedy = said("doctor.clock_free"), said("doctor.clock_remedy")
        return Finding("clock of this machine", "machine", "warn", observed, remedy)
    return Finding("clock of this machine", "machine", "ok", said("doctor.clock_kept"))


def status() -> int | None:
    """The kernel's status bits; None on a system without adjtimex."""
    buffer = ctypes.create_string_buffer(_SIZE)
    try:
        answer = ctypes.CDLL(None, use_errno=True).adjtimex(buffer)
    except (AttributeError, OSError):
        return None
    return None if answer < 0 else ctypes.c_int.from_buffer(buffer, _STATUS).value
