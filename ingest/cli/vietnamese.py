"""Help in Vietnamese: what click lays out in English is laid out with the words of `locale/help.toml`.

A text of several paragraphs is looked up by paragraph; examples are commands, and stay as they are.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import click

from ingest.i18n import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_VERBATIM = "\b\n"
"""Click's mark of a paragraph whose lines stay."""

_EXAMPLE = "Example:"

_NOTED = re.compile(r"(.*?)  \[([^\[\]]*)\]", re.DOTALL)
"""The help of an option, and what click notes behind it: its default, its range."""


class Formatter(click.HelpFormatter):
    """Click's, in Vietnamese."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The first line."""
        super().write_usage(prog, args, prefix or f"{in_vietnamese('Usage')}: ")

    def write_heading(self, heading: str) -> None:
        """Above options and commands."""
        super().write_heading(in_vietnamese(heading))

    def write_text(self, text: str) -> None:
        """The command's own words."""
        super().write_text("\n\n".join(_paragraph(one) for one in text.split("\n\n")))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options and commands, each with a line of help."""
        super().write_dl([(name, _option(text)) for name, text in rows], col_max, col_spacing)


def in_vietnamese(text: str) -> str:
    """A text of the help; English where there is no other."""
    return _table().get(text, text)


@cache
def _table() -> dict[str, str]:
    return {both["en"]: both["vi"] for both in texts("help").values()}


def _paragraph(text: str) -> str:
    if not text.startswith(_VERBATIM):
        return in_vietnamese(" ".join(text.split()))
    lines = text.removeprefix(_VERBATIM)
    if lines.startswith(_EXAMPLE):
        return _VERBATIM + in_vietnamese(_EXAMPLE) + lines.removeprefix(_EXAMPLE)
    return _VERBATIM + in_vietnamese(lines)


def _option(text: str) -> str:
    noted = _NOTED.fullmatch(text)
    if not noted:
        return in_vietnamese(text)
    return f"{in_vietnamese(noted[1])}  [{'; '.join(_notes(noted[2]))}]"


def _notes(text: str) -> Iterator[str]:
    for note in text.split("; "):
        word, colon, value = note.partition(": ")
        yield f"{in_vietnamese(word)}{colon}{value}" if colon or word.isalpha() else note
