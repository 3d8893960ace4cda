"""What a worker says: an event in fixed words, and fields beside it.

A person at a terminal gets one line, `broker trouble  source=city cause="Connection refused"`; whatever else reads it
gets one JSON object a line. Only `Logger` needs structlog, and only when one is made: the other commands say the same
lines through `Lines`.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, MutableMapping

Format = Literal["auto", "human", "json"]
Level = Literal["debug", "info", "warning", "error"]

STDERR = 2
_LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_FIRST = ("time", "level", "event")
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
        import structlog  # noqa: PLC0415  (some 5 MiB and a tenth of a second that only the worker is to pay)

        human = form == "human" or (form == "auto" and os.isatty(STDERR))
        self._bound: Log = structlog.wrap_logger(
            _Out(self._write),
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
                _for_people if human else _for_machines,
            ],
            wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
            cache_logger_on_first_use=True,
        )

    def info(self, event: str, **fields: object) -> None:
        """See `Log.info`."""
        self._bound.info(event, **fields)

    def warning(self, event: str, **fields: object) -> None:
        """See `Log.warning`."""
        self._bound.warning(event, **fields)

    def error(self, event: str, **fields: object) -> None:
        """See `Log.error`."""
        self._bound.error(event, **fields)


class _Out:
    """What structlog writes to: each level is the same."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self.debug = self.info = self.warning = self.error = write


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


def _for_people(_logger: object, _name: str, fields: MutableMapping[str, Any]) -> str:
    time, level, event = (str(fields.pop(name)) for name in _FIRST)
    stamp = "" if os.environ.get("JOURNAL_STREAM") else f"{time[:19]}Z "  # systemd's journal has its own
    return f"{stamp}{level:<7} {sentence(event, fields)}"


def _for_machines(_logger: object, _name: str, fields: MutableMapping[str, Any]) -> str:
    ordered = {name: fields.pop(name) for name in _FIRST}
    ordered |= {name: value for name, value in fields.items() if value is not None}
    return json.dumps(ordered, ensure_ascii=False, default=str)


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
