"""How checks look: a table while they run, and what came out of them. Colour and movement on a terminal only."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ingest.cli.options import printable, say
from ingest.i18n import said
from ingest.onboarding.check.lines import lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.table import Table

    from ingest.i18n import Language
    from ingest.onboarding.check.lines import Line
    from ingest.onboarding.check.verdict import Report

COLOURS = {"PASS": "green", "WARN": "yellow", "FAIL": "red", "INCOMPLETE": "cyan"}

EXIT_CODES = {"PASS": 0, "WARN": 5, "INCOMPLETE": 6, "FAIL": 1}
"""By verdict, the better ones first."""

_MARKS = {"figure": "  ", "fail": "x ", "warn": "! ", "note": "- ", "do": "  > "}
_INK = {"fail": "red", "warn": "yellow"}


def worst(verdicts: Iterable[str]) -> str:
    """What several come to."""
    order = list(EXIT_CODES)
    return max(verdicts, key=order.index, default="PASS")


@contextmanager
def live(language: Language, *, silent: bool) -> Iterator[Callable[[Sequence[Report]], None]]:
    """Show reports while they change: a table on a terminal, else a line for each change of a device's state."""
    if silent:
        yield lambda _reports: None
    elif sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415  (0.1 s)
        from rich.live import Live  # noqa: PLC0415

        with Live(console=Console(stderr=True), transient=True, refresh_per_second=4) as shown:
            yield lambda reports: shown.update(table_of(reports, language))
    else:
        yield _Plain(language).changed


class _Plain:
    def __init__(self, language: Language) -> None:
        self._language = language
        self._said: dict[str, str] = {}

    def changed(self, reports: Sequence[Report]) -> None:
        for one in reports:
            stage = one.stage.in_(self._language)
            if self._said.get(one.dev_eui) != stage:
                self._said[one.dev_eui] = stage
                say(f"{one.dev_eui}: {stage}")


def table_of(reports: Sequence[Report], language: Language) -> Table:
    """All devices, a row each."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name in ("device", "name", "verdict", "stage", "reason"):
        grid.add_column(said(f"check.column_{name}").in_(language), overflow="fold")
    for one in reports:
        verdict = one.verdict if one.settled else "…"
        reason = next((mark.said.in_(language) for mark in one.remarks if mark.level != "note"), "")
        texts = (one.dev_eui, printable(one.name), one.stage.in_(language), printable(reason))
        ink = Text(verdict, style=COLOURS.get(verdict, ""))
        grid.add_row(Text(texts[0]), Text(texts[1]), ink, Text(texts[2]), Text(texts[3]))
    return grid


def show(reports: Sequence[Report], language: Language) -> None:
    """Print what came out, on stdout."""
    for place, one in enumerate(reports):
        if place:
            click.echo()
        stage = f"{one.stage.in_(language)}, {one.evidence.waited:.0f} s"
        head(one.verdict, " ".join(filter(None, (one.dev_eui, one.name))), stage)
        body(lines(one), language)


def head(verdict: str, who: str, stage: str) -> None:
    """The verdict first, then whose it is."""
    word = click.style(verdict, fg=COLOURS[verdict], bold=True)
    click.echo(f"{word}  {printable(who)}  {printable(stage)}".rstrip())


def body(several: Iterable[Line], language: Language) -> None:
    """Figures, remarks and remedies, each on a line of its own."""
    for kind, text in several:
        line = printable(f"  {_MARKS[kind]}{text.in_(language)}".rstrip())
        click.echo(click.style(line, fg=_INK[kind]) if kind in _INK else line)
