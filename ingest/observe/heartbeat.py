"""A dead man's switch: a ping to a URL while the worker does its work, so that its silence is noticed by someone else.

The URL is one that a watching service gives out (healthchecks.io and its like, or the receiver of an Alertmanager's
watchdog). Who knows it can say that we live, so it is never logged. A ping that fails harms nothing.
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import urllib3

    from ingest.config import Heartbeat as Settings
    from ingest.observe.causes import Causes

FIRST = 1.0
"""Seconds until the first ping."""

READ = 4096
"""Bytes of an answer that are read, so that the connection is as good as new."""

FAILS = "heartbeat fails"
WITHHELD = "heartbeat withheld"
SENT = "heartbeat is sent again"

_OBJECT = re.compile(r"<[^>]*>:? ?")
_PATH = re.compile(r"https?://\S+|/[^\s/:]\S*")


class Heartbeat:
    """Pings in a thread of its own.

    Args:
        silent: why not to ping; empty where all is well.
        words: a short line on how things are; the body of a POST.
    """

    def __init__(
        self, settings: Settings, silent: Callable[[], Sequence[str]], words: Callable[[], str], causes: Causes
    ) -> None:
        self._settings = settings
        self._silent = silent
        self._words = words
        self._causes = causes
        self._counts = {"sent": 0, "failed": 0, "withheld": 0}
        self._pool: urllib3.PoolManager | None = None
        self._stopping = threading.Event()
        self._changed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to ping, as soon as there is a URL."""
        self._thread.start()

    def stop(self) -> None:
        """Ping no more; a ping under way is left."""
        self._stopping.set()
        self._changed.set()

    def use(self, settings: Settings) -> None:
        """Ping another URL, or in another rhythm, from now on."""
        if settings != self._settings:
            self._settings = settings
            self._changed.set()

    def counts(self) -> dict[str, int]:
        """How many pings were sent, failed and withheld."""
        return dict(self._counts)

    def _run(self) -> None:
        delay: float | None = FIRST
        while not self._stopping.is_set():
            settings = self._settings
            if self._changed.wait(delay if settings.url else None):
                self._changed.clear()
                delay = FIRST
                continue
            self._beat(settings)
            delay = settings.interval
        if self._pool is not None:
            self._pool.clear()

    def _beat(self, settings: Settings) -> None:
        if reasons := self._silent():
            self._counts["withheld"] += 1
            self._causes.came(WITHHELD, "", _steady(reasons[0]), level="error")
            return
        failure = self._ping(settings)
        if failure:
            self._counts["failed"] += 1
            self._causes.came(FAILS, "", failure)
            return
        self._counts["sent"] += 1
        self._causes.over(WITHHELD, "", SENT)
        self._causes.over(FAILS, "", SENT)

    def _ping(self, settings: Settings) -> str:
        """Ask the URL; returns why it failed, without the URL."""
        import urllib3  # noqa: PLC0415  (a worker that is to be silent has no use for an HTTP client)

        if self._pool is None:
            self._pool = urllib3.PoolManager(maxsize=1, retries=False, headers={"User-Agent": "citylora"})
        body = self._words().encode() if settings.method == "POST" else None
        try:
            answer = self._pool.request(
                settings.method,
                settings.url.get_secret_value() if settings.url else "",
                body=body,
                timeout=settings.timeout,
                redirect=False,
                preload_content=False,
            )
            answer.read(READ)
            answer.close()
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            return f"{type(error).__name__}: {_PATH.sub('...', _OBJECT.sub('', str(error)))}"
        return "" if 200 <= answer.status < 300 else f"it answered {answer.status}"  # noqa: PLR2004  (HTTP's yes)


def _steady(reason: str) -> str:
    """A reason without what changes from one look to the next: the seconds."""
    return re.sub(r" for \d+ s$", " for too long", reason)
