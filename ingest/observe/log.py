"""What a worker says: an event in fixed words, and fields beside it.

A person at a terminal gets one line, `broker trouble  source=city cause="Connection refused"`; whatever else reads it
gets one JSON object a line. Other commands than the worker say the same lines through `Lines`.

A logging library would bring its handlers, its own locks (a signal handler must not meet one that is held) and a tenth
of a second at the start; all that is needed here is a level and two forms of a line.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Format = Literal["auto", "human", "json"]
Level = Literal["debug", "info", "warning", "error"]

STDERR = 2
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_BARE = frozenset("._-/:@+%,*()[]{}#")
"""What may stand in a value beside letters and digits without making quotes necessary."""


class Log(Protocol):
    """Where to say something. `event` is fixed words, what changes goes into the fields; None is left out."""

    def info(self, event: str, **fields: object) -> object:
        """Worth knowing, and as it should be."""

    def warning(self, event: str, **fields: object) -> object:
        """Not as it should be, and it may pass by itself."""

    def error(self, event: str, **fields: object) -> object:
        """Someone must act."""


class Lines:
    """Says everything as lines for a person, without time and level; `write` gets them one by one."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write

    def info(self, event: str, **fields: object) -> None:
        """See `Log.info`."""
        self._write(sentence(event, fields))

    def warning(self, event: str, **fields: object) -> None:
        """See `Log.warning`."""
        self._write(sentence(event, fields))

    def error(self, event: str, **fields: object) -> None:
        """See `Log.error`."""
        self._write(sentence(event, fields))


class Logger:
    """The log of `citylora run`; any thread may call it, a signal handler too."""

    def __init__(
        self, form: Format = "auto", level: Level = "info", write: Callable[[str], None] | None = None
    ) -> None:
        self._write = write or to_stderr
        self.configure(form, level)

    def configure(self, form: Format, level: Level) -> None:
        """Say it in this form from now on, and nothing below this level."""
        human = form == "human" or (form == "auto" and os.isatty(STDERR))
        self._form = _for_people if human else _for_machines, _LEVELS[level]

    def info(self, event: str, **fields: object) -> None:
        """See `Log.info`."""
        self._say("info", event, fields)

    def warning(self, event: str, **fields: object) -> None:
        """See `Log.warning`."""
        self._say("warning", event, fields)

    def error(self, event: str, **fields: object) -> None:
        """See `Log.error`."""
        self._say("error", event, fields)

    def _say(self, level: Level, event: str, fields: Mapping[str, object]) -> None:
        line, least = self._form
        if _LEVELS[level] >= least:
            self._write(line(datetime.now(UTC), level, event, fields))


def to_stderr(line: str) -> None:
    """Write a line straight to the file descriptor: no lock that a signal handler could find held.

    A log that nobody can take (a full disk, a pipe that was closed) never harms the work. Where there was no standard
    error from the beginning, that number is some file of ours.
    """
    if sys.__stderr__ is None:
        return
    rest = f"{line}\n".encode("utf-8", "backslashreplace")
    with suppress(OSError):
        while rest:
            rest = rest[os.write(STDERR, rest) :]


def sentence(event: str, fields: Mapping[str, object]) -> str:
    """One line for a person: the event, then each field as name=value."""
    said = " ".join(f"{name}={_plain(value)}" for name, value in fields.items() if value is not None)
    return f"{event}  {said}" if said else event


def _for_people(now: datetime, level: Level, event: str, fields: Mapping[str, object]) -> str:
    stamp = "" if os.environ.get("JOURNAL_STREAM") else f"{now:%Y-%m-%dT%H:%M:%SZ} "  # systemd's journal has its own
    return f"{stamp}{level:<7} {sentence(event, fields)}"


def _for_machines(now: datetime, level: Level, event: str, fields: Mapping[str, object]) -> str:
    said: dict[str, object] = {"time": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}", "level": level, "event": event}
    said |= {name: value for name, value in fields.items() if value is not None}
    return json.dumps(said, ensure_ascii=False, default=str)


def _plain(value: object) -> str:
    """A value on one line that cannot steer a terminal, in quotes where it would not be seen where it ends."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return ",".join(map(_plain, value)) or "none"
    text = str(value)
    if text and all(char.isalnum() or char in _BARE for char in text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in quoted)
