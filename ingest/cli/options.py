"""What the commands share: their options, and how they print."""

from __future__ import annotations

import json
import signal
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ingest.cli.boundary import fail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ingest.config import Settings

__all__ = ["config_options", "duration", "emit", "fail", "json_option", "load_settings", "stop_signals", "table"]

_F = TypeVar("_F", bound="Callable[..., Any]")

_FOLDED = 300
"""Rows of a table that is fitted to the terminal: that takes 0.7 ms a row, and nobody reads more of them there."""

_PIPED_WIDTH = 1000  # columns: a table that is piped is not folded to a terminal that is not there


def config_options(command: _F) -> _F:
    """`-c/--config FILE` and `--data DIR`, as the parameters `config` and `data` (Path or None)."""
    data = click.option(
        "--data", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Data directory; it wins."
    )
    return config_option("Default: ./citylora.toml, then /etc/citylora/citylora.toml.")(data(command))


def config_option(said: str) -> Callable[[_F], _F]:
    """`-c/--config FILE` alone, as the parameter `config` (Path or None), with its help."""
    file = click.Path(path_type=Path, dir_okay=False)
    return click.option("-c", "--config", type=file, metavar="FILE", help=said)


def json_option(command: _F) -> _F:
    """`--json`, as the parameter `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON value, also on failure.")(command)


def duration(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    """A callback of an option: "30s", "2m", to seconds."""
    from ingest.units import parse_duration  # noqa: PLC0415

    if text is None:
        return None
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        from ingest.cli.misuse import bad_value  # noqa: PLC0415  (on a mistake alone)

        raise bad_value("duration", text=repr(text)) from error
    if not seconds:
        from ingest.cli.misuse import bad_value  # noqa: PLC0415

        raise bad_value("no_time", text=repr(text))
    return seconds


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """The event is set by Ctrl-C, SIGTERM and the terminal's end; a second one does not wait for what is under way."""
    stop = threading.Event()

    def end(_number: int, _frame: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def say(line: str) -> None:
    """A line for a person, on stderr: stdout is the command's answer."""
    click.echo(line, err=True)


def load_settings(config: Path | None, data: Path | None) -> Settings:
    """The configuration that the two options mean.

    Raises:
        ConfigError: it cannot be used.
    """
    from ingest.config import load  # noqa: PLC0415  (pydantic costs 0.2 s, which `decode` and --help do not need)

    return load(config, data)


def emit(value: object) -> None:
    """Print one JSON value on a line of its own; NaN is refused, since JSON has none."""
    plain = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    click.echo(json.dumps(value, ensure_ascii=plain, allow_nan=False))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under headers; a column of numbers stands to the right. Nothing in a cell can steer the terminal."""
    rows = [list(row) for row in rows]
    numeric = [bool(rows) and all(isinstance(row[place], int | float) for row in rows) for place in range(len(columns))]
    texts = [[_cell(value) for value in row] for row in rows]
    lines = _folded(columns, texts, numeric) if len(rows) <= _FOLDED else _aligned(columns, texts, numeric)
    for line in lines:
        click.echo(line.rstrip())


def _folded(columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> list[str]:
    """The lines of a table that is as wide as the terminal."""
    from rich.console import Console  # noqa: PLC0415  (0.1 s)
    from rich.table import Table  # noqa: PLC0415

    console = Console(
        file=sys.stdout, markup=False, emoji=False, highlight=False, width=None if sys.stdout.isatty() else _PIPED_WIDTH
    )
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for name, right in zip(columns, numeric, strict=True):
        grid.add_column(name, justify="right" if right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*row)
    with console.capture() as printed:
        console.print(grid)
    return printed.get().splitlines()


def _aligned(columns: Sequence[str], rows: Sequence[Sequence[str]], numeric: Sequence[bool]) -> Iterator[str]:
    """The same, as wide as it has to be."""
    from rich.cells import cell_len  # noqa: PLC0415

    grid = [list(columns), *rows]
    widths = [max(map(cell_len, column)) for column in zip(*grid, strict=True)]
    for row in grid:
        pads = [" " * (width - cell_len(text)) for width, text in zip(widths, row, strict=True)]
        yield "  ".join(
            f"{pad}{text}" if right else f"{text}{pad}" for pad, text, right in zip(pads, row, numeric, strict=True)
        )


def _cell(value: object) -> str:
    return printable("" if value is None else f"{value:.10g}" if isinstance(value, float) else str(value))


def printable(text: str, keep: str = "") -> str:
    """Text that cannot steer a terminal; of what would, `keep` stays."""
    return "".join(char if char.isprintable() or char in keep else "\N{REPLACEMENT CHARACTER}" for char in text)
