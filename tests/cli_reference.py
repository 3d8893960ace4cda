"""Writes `docs/cli.md` from what `--help` prints, so that the page cannot promise what the program does not do."""

from collections.abc import Iterator

import click

from ingest.cli import COMMANDS, EPILOG, main

WIDTH = 90
"""Columns of the help's text."""

HEAD = """\
# Commands

What `--help` prints, of every command. This page is generated from it: `make generate`.

- TIME is a date (its midnight in Đà Nẵng), RFC 3339 (`2026-11-22T07:30:00+07:00`), or how long ago (`30m`, `2d`, `4w`).
- `-c FILE` names the configuration, `--data DIR` the data directory: it wins over that of the configuration.
- `--json` prints one JSON value on standard output, also on failure: `{"error": {"kind", "message", "hint"}}`.
- Without `--json` an error stands on standard error: `error:` what is wrong, `hint:` the remedy.
- `device`, `gateway` and `doctor` speak Vietnamese too, their help and their errors (`lỗi:`, `gợi ý:`) as well: with
  `--lang vi`, or on a terminal that is set to it (`LANG=vi_VN.UTF-8`).
"""


def render() -> str:
    """The whole page."""
    context = click.Context(main, info_name="citylora", terminal_width=WIDTH, **main.context_settings)
    commands = [(name, main.get_command(context, name)) for name in COMMANDS]
    sections = [text for name, command in commands if command for text in _section(command, name, context)]
    return "\n".join([HEAD, *_contents(context), *_exit_codes(), *sections]).rstrip("\n") + "\n"


def _contents(context: click.Context) -> Iterator[str]:
    yield "| command | does |"
    yield "|---|---|"
    for name, does in COMMANDS.items():
        yield f"| [`{name}`](#citylora-{name}) | {does} |"
        command = main.get_command(context, name)
        if isinstance(command, click.Group):
            yield from _contents_of(command, name, context)
    yield ""


def _contents_of(group: click.Group, path: str, context: click.Context) -> Iterator[str]:
    for name, inner in within(group, context).items():
        own = f"{path} {name}"
        yield f"| [`{own}`](#citylora-{own.replace(' ', '-')}) | {inner.get_short_help_str(limit=200)} |"
        if isinstance(inner, click.Group):
            yield from _contents_of(inner, own, context)


def within(group: click.Group, context: click.Context) -> dict[str, click.Command]:
    """The commands of a group, also those that it imports when they are asked for."""
    several = {name: group.get_command(context, name) for name in group.list_commands(context)}
    return {name: command for name, command in several.items() if command is not None}


def _exit_codes() -> Iterator[str]:
    codes = EPILOG.split("Exit codes:\n")[1].split("\n\n")[0]
    yield "## Exit codes\n"
    yield "| code | means |"
    yield "|---|---|"
    for line in codes.splitlines():
        code, _, words = line.strip().partition(" ")
        yield f"| {code} | {words.strip()} |"
    yield ""


def _section(command: click.Command, name: str, above: click.Context, depth: int = 2) -> Iterator[str]:
    """The heading and the help of a command, and those of the commands within it."""
    context = click.Context(command, info_name=name, parent=above)
    yield f"{'#' * depth} {context.command_path}\n"
    yield f"```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for inner_name, inner in within(command, context).items():
            yield from _section(inner, inner_name, context, depth + 1)
