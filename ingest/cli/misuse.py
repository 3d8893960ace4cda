"""Wrong command lines in both languages: our own words have no language yet, click's are recognised.

Click says all it has to say as an English sentence. `locale/usage.toml` has each of them that a person can meet, with
its places in braces; a sentence that none of them fits stays English.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from ingest.i18n import Said, said, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.i18n import Language

_CLICK = "click_"
"""How the names of click's own sentences begin."""

_PLACE = re.compile(r"\\{(\w+)\\}")


class Misuse(click.UsageError):
    """A command line that cannot be meant so."""

    def __init__(self, text: Said) -> None:
        super().__init__(text.in_("en"))
        self.said = text


class BadValue(click.BadParameter):
    """A value that an option or argument cannot have."""

    def __init__(self, text: Said) -> None:
        super().__init__(text.in_("en"))
        self.said = text


def misuse(name: str, **values: str | float | Said) -> Misuse:
    """To be raised: `misuse("which_device")`, a text of `locale/usage.toml`."""
    return Misuse(said(f"usage.{name}", **values))


def bad_value(name: str, **values: str | float | Said) -> BadValue:
    """To be raised by what reads a value; click says of which parameter."""
    return BadValue(said(f"usage.{name}", **values))


def told(error: click.UsageError, language: Language) -> str:
    """What is wrong with the line, in a language."""
    if language == "en":
        return error.format_message()
    message = error.said if isinstance(error, Misuse | BadValue) else _recognised(error.message)
    words = message.in_(language) if isinstance(message, Said) else message
    if isinstance(error, click.MissingParameter):
        return _missing(error, language)
    if isinstance(error, click.BadParameter):
        return _of_parameter(error, words, language)
    near: Sequence[str] = getattr(error, "possibilities", None) or ()
    return words + (said("usage.near", names=", ".join(sorted(near))).in_(language) if near else "")


def _of_parameter(error: click.BadParameter, words: str, language: Language) -> str:
    where = _where(error)
    if not where:
        return words
    return said("usage.bad_value", where=where, why=words).in_(language)


def _missing(error: click.MissingParameter, language: Language) -> str:
    choices = getattr(error.param.type, "choices", ()) if error.param else ()
    text = said("usage.missing", where=_where(error)).in_(language)
    return text + (said("usage.choices", names=", ".join(map(str, choices))).in_(language) if choices else "")


def _where(error: click.BadParameter) -> str:
    """The parameter as click names it: its options, or the name of the argument."""
    hint: Any = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param else None)
    if isinstance(hint, str):
        return hint
    return " / ".join(repr(one) for one in hint or ())


def _recognised(message: str) -> Said | str:
    """Which sentence of click's it is; itself where it is none that is known."""
    for name, pattern in _patterns().items():
        if found := pattern.fullmatch(message):
            return said(f"usage.{name}", **found.groupdict())
    return message


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    sentences = {name: both["en"] for name, both in texts("usage").items() if name.startswith(_CLICK)}
    return {name: re.compile(_PLACE.sub(r"(?P<\1>.+)", re.escape(text)), re.DOTALL) for name, text in sentences.items()}
