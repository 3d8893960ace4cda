"""Named places in the path of an uplink where a test can stop a real worker and kill it.

`CITYLORA_FAULT=commit.after:3` stops the whole process (SIGSTOP) when it reaches `commit.after` for the third time;
the test then sends SIGKILL, so nothing runs that a power cut would not have let run. With `CITYLORA_FAULT_ARMED=FILE`
it counts only from when that file is there. Unset, a place costs one comparison.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

_point, _, _count = os.environ.get("CITYLORA_FAULT", "").partition(":")
_remaining = int(_count or "1")
_armed = Path(os.environ.get("CITYLORA_FAULT_ARMED", "/"))


def reach(point: str) -> None:
    """Stop here if the environment says so."""
    global _remaining  # noqa: PLW0603  (one process, one armed place)
    if point != _point or not _armed.exists():
        return
    _remaining -= 1
    if _remaining == 0:
        os.kill(os.getpid(), signal.SIGSTOP)
