"""What can go wrong, and what to do next.

CityloraError              one human line, and a hint how to mend it
├── ConfigError            the configuration: key, value, remedy
├── DataDirError           the data directory: held by another worker, newer schema, damaged
└── SinkUnavailable        the sink could not say yes or no: keep the batch and write it again
"""

from __future__ import annotations


class CityloraError(Exception):
    """An error that a person will read.

    Attributes:
        hint: what to do about it; "" where the message says it already.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConfigError(CityloraError):
    """The configuration cannot be used."""


class DataDirError(CityloraError):
    """The data directory cannot be used."""


class SinkUnavailable(CityloraError):  # noqa: N818  (named for the state, which passes)
    """The batch is neither taken nor refused; it is kept.

    Attributes:
        retry_after: seconds that the sink asked for; None where it did not.
        alarm: it will not pass by itself (credentials, a missing database): someone must act.
    """

    def __init__(self, message: str, hint: str = "", *, retry_after: float | None = None, alarm: bool = False) -> None:
        super().__init__(message, hint)
        self.retry_after = retry_after
        self.alarm = alarm
