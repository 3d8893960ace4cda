"""A group some of whose commands stand in modules of their own, and are imported only where one of them is chosen."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


class LazyCommands(click.Group):
    """A group that `later` adds to: by the command's name one line of help.

    The command itself is `command` in `ingest.cli.<group>_<name>`, with underscores for hyphens.
    """

    def __init__(self, *args: Any, later: Mapping[str, str] | None = None, prefix: str = "", **more: Any) -> None:
        super().__init__(*args, **more)
        self._later = later or {}
        self._prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Those of the group's own module, then the others as their table has them."""
        return [*super().list_commands(ctx), *self._later]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one that was asked for."""
        if cmd_name not in self._later:
            return super().get_command(ctx, cmd_name)
        module = f"ingest.cli.{self._prefix}_{cmd_name.replace('-', '_')}"
        command: click.Command = importlib.import_module(module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """From the tables, without importing one of them."""
        own = [(name, command.get_short_help_str(limit=200)) for name, command in sorted(self.commands.items())]
        with formatter.section("Commands"):
            formatter.write_dl([*own, *self._later.items()])
