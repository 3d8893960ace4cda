"""In which language a command for the field speaks, also its help: as its line says, else as the terminal is set.

The help in English stands in the code, which is its one source. The Vietnamese is only read where it is asked for.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import click

from ingest.cli.lazy_group import LazyCommands
from ingest.i18n import LANGUAGES, default_language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.i18n import Language

META = "citylora.language"
"""Where a context has it. Without one the help is English, as the pages that are generated from it."""


def of_line(arguments: Sequence[str]) -> Language | None:
    """What `--lang` says somewhere on a line; None where it says nothing that is known."""
    words = list(arguments[: arguments.index("--")] if "--" in arguments else arguments)
    given = [word.partition("=")[2] for word in words if word.startswith("--lang=")]
    given += [after for word, after in pairwise(words) if word == "--lang"]
    return next((language for language in LANGUAGES if language in given), None)


def current() -> Language:
    """That of the command that runs; English for those that speak nothing else."""
    context = click.get_current_context(silent=True)
    return "vi" if context is not None and context.meta.get(META) == "vi" else "en"


class FieldCommand(click.Command):
    """A command with help in both languages."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note the language before the help can be asked for: `--lang` may come after `--help`."""
        ctx.meta[META] = of_line(args) or ctx.meta.get(META) or default_language()
        return super().parse_args(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        """In the language of the line."""
        if ctx.meta.get(META) != "vi":
            return super().get_help(ctx)
        from ingest.cli.vietnamese import Formatter  # noqa: PLC0415  (reads a table)

        formatter = Formatter(width=ctx.terminal_width, max_width=ctx.max_content_width)
        self.format_help(ctx, formatter)
        return formatter.getvalue().rstrip("\n")


class FieldGroup(FieldCommand, LazyCommands):
    """A group of them."""

    command_class = FieldCommand
