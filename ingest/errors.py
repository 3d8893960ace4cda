"""What can go wrong, and what to do next.

CityloraError              one human line, and a hint how to mend it
├── ConfigError            the configuration: key, value, remedy
├── DataDirError           the data directory: held by another worker, newer schema, damaged
└── SinkUnavailable        the sink could not say yes or no: keep the batch and write it again
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.i18n import Language, Said


class CityloraError(Exception):
    """An error that a person will read.

    Either text is English, or a `Said` for those commands that speak Vietnamese too; as a string it is English.

    Attributes:
        texts: message and hint as they were given.
        hint: what to do about it, in English; "" where the message says it already.
    """

    def __init__(self, message: str | Said, hint: str | Said = "") -> None:
        self.texts = (message, hint)
        english, self.hint = self.in_("en")
        super().__init__(english)

    def in_(self, language: Language) -> tuple[str, str]:
        """Message and hint in a language, as far as they are there in it."""
        message, hint = (text if isinstance(text, str) else text.in_(language) for text in self.texts)
        return message, hint


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
