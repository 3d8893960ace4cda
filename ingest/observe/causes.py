"""Says what goes wrong once for each cause, and not once for each message.

A trouble (a broker that is away, a sink that refuses) is an episode: it begins, goes on, and ends. Each cause of it is
said when it first comes; while it goes on it is said again once an hour, with how often it came; its end is said with
how long it took. Whatever a trouble does, flapping included, it says at most `LINES` things an hour.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.observe.log import Log

REMIND = 3600.0
"""Seconds after which what goes on is said again."""

LINES = 10
"""Things said of one trouble within `REMIND`; what comes beyond is counted, and said with the next line."""


_ADDRESS = re.compile("0x[0-9a-f]{6,}")
"""An object's place in memory, which some libraries put into their messages: it makes no other cause."""


@dataclass
class _Trouble:
    """One kind of trouble of one subject.

    Attributes:
        causes: what was said within the hour that began at `hour`, in `lines` lines.
        began: when; None where it does not go on.
        times: how often it came since then.
        quiet: how often it came since it was last said.
    """

    hour: float
    causes: set[str] = field(default_factory=set)
    began: float | None = None
    times: int = 0
    quiet: int = 0
    lines: int = 0


class Causes:
    """Any thread may call it."""

    def __init__(self, log: Log, now: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._now = now
        self._lock = threading.Lock()
        self._troubles: dict[tuple[str, str], _Trouble] = {}

    def came(
        self,
        event: str,
        subject: str,
        cause: str,
        /,
        *,
        times: int = 1,
        level: Literal["info", "warning", "error"] = "warning",
        **fields: object,
    ) -> None:
        """Something came, or came again.

        Args:
            event: the log's words for it.
            subject: whose it is, such as a broker's or a sink's name; "" where there is only one.
            cause: what is said once.
            times: how often it came since the last call; 0 of a state that is looked at, and does not come.
            level: how bad it is.
            fields: said beside it.
        """
        now, key = self._now(), _ADDRESS.sub("", cause)
        with self._lock:
            trouble = self._troubles.setdefault((event, subject), _Trouble(now))
            if trouble.began is None:
                trouble.began, trouble.times = now, 0
            trouble.times += times
            if now - trouble.hour >= REMIND:
                trouble.hour, trouble.lines = now, 0
                trouble.causes.clear()
            if key in trouble.causes or trouble.lines >= LINES:
                trouble.quiet += times
                return
            trouble.causes.add(key)
            trouble.lines += 1
            unsaid, trouble.quiet = trouble.quiet, 0
        say = getattr(self._log, level)
        say(event, **fields, cause=cause or None, unsaid=unsaid or None)

    def over(self, event: str, subject: str, end: str, /, **fields: object) -> bool:
        """It has ended, said in the words of `end`; false where it did not go on."""
        now = self._now()
        with self._lock:
            trouble = self._troubles.get((event, subject))
            if trouble is None or trouble.began is None:
                return False
            after, trouble.began = round(now - trouble.began, 1), None
            if trouble.lines >= LINES:
                return True
            trouble.quiet = 0
            trouble.causes.clear()  # the same again is a new trouble
        self._log.info(end, **fields, after_seconds=after, times=trouble.times or None)
        return True
