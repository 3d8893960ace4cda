"""A page of the documentation as steps that can be run: its commands, its queries, and what it says comes of them."""

from __future__ import annotations

import re
import shlex
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

REST = "…"
"""A line that stands for all that follows."""

_BLOCK = re.compile(
    r"^```(?P<kind>\w*)\n(?P<fenced>.*?)^```$|(?P<indented>(?:^    [^\n]*\n)+)", re.MULTILINE | re.DOTALL
)


class Step(NamedTuple):
    """One thing to do.

    Attributes:
        command: the arguments of `citylora`; none for a query.
        query: "" for a command.
        into: the file that its output goes to; "" where it goes nowhere.
        expected: the lines that the page shows of it; None where it shows none.
    """

    command: tuple[str, ...]
    query: str = ""
    into: str = ""
    expected: tuple[str, ...] | None = None


def steps(text: str) -> list[Step]:
    """The steps of a page, or of a part of it, in order."""
    found: list[Step] = []
    for block in _BLOCK.finditer(text):
        if block["indented"]:
            found += _commands(block["indented"])
        elif block["kind"] == "sql":
            found.append(Step((), query=" ".join(block["fenced"].split())))
        elif block["kind"] == "text":
            found[-1] = found[-1]._replace(expected=tuple(block["fenced"].splitlines()))
    return found


def _commands(block: str) -> Iterator[Step]:
    for line in block.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["citylora"]:
            command, into = words[1:], ""
            if ">" in command:
                command, into = command[: command.index(">")], command[-1]
            yield Step(tuple(command), into=into)


class Shift(NamedTuple):
    """Moves a page's days to others, so that what is run is always of late.

    Attributes:
        page: a day of the page.
        real: the one that it is run as; the days beside it move with it.
    """

    page: date
    real: date

    def run(self, text: str) -> str:
        """What the page says, as it is run."""
        return self._moved(text, self.page, self.real)

    def shown(self, text: str) -> str:
        """What came of it, as the page shows it."""
        return self._moved(text, self.real, self.page)

    def _moved(self, text: str, one: date, other: date) -> str:
        days = {str(one + timedelta(n)): str(other + timedelta(n)) for n in (-1, 0, 1)}
        return re.sub("|".join(days), lambda found: days[found[0]], text)


def differs(expected: Sequence[str], found: Sequence[str]) -> str:
    """What the page should show where it shows something else; "" where it is right."""
    if expected[-1:] == (REST,) or expected[-1:] == [REST]:
        expected, found = expected[:-1], found[: len(expected) - 1]
    return "" if list(expected) == list(found) else "\n".join(found)


def aligned(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """The result of a query, as the page shows it."""
    grid = [list(columns), *([_cell(value) for value in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
    return ["  ".join(f"{text:<{width}}" for text, width in zip(row, widths, strict=True)).rstrip() for row in grid]


def _cell(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
