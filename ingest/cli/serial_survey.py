"""`citylora serial survey`: who is heard at a place, how often and how well."""

from __future__ import annotations

import csv
import sys
import time
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateways.rfc3339 import render
from ingest.cli.options import emit, fail, json_option, stop_signals, table
from ingest.cli.serial import lang_option
from ingest.cli.serial_ears import ears, ears_options, plan
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import RenderableType

    from gateways.reception import Reception
    from ingest.i18n import Language
    from ingest.survey import Row, Seen, Survey

FACTORS = (7, 8, 9, 10)
"""Those of AS923-2's default: slower ones break its 400 ms of dwell time."""

HEADS = ("sender", "kind", "channel", "count", "best", "mean", "snr", "last")
LIVE_ROWS = 30
_CLOCK = slice(11, 19)  # of RFC 3339
LOOK = 0.5
"""Seconds between two pictures."""


@click.command(name="survey")
@ears_options
@click.option("--csv", "file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="A line a frame.")
@lang_option
@json_option
def command(
    *, port: tuple[str, ...], modem: str, channels: tuple[str, ...], stay: int, private: bool, limit: int | None,
    file: Path | None, lang: Language | None, as_json: bool,
) -> int:  # fmt: skip
    """Show who is heard here, at which RSSI and SNR, by channel and SF: for choosing where gateways go.

    Without --channel it takes turns over 921.4 and 921.6 MHz, SF7 to SF10. Several ports share the channels, so that
    each is listened to for longer. It ends after --for, or at Ctrl-C, with the whole table; --csv has each frame. Take
    it at two places for as long, and compare the same senders. What one modem does not hear while it listens
    elsewhere, a gateway would: its counts say less than its signal.

    \b
    Example:
      citylora serial survey /dev/ttyUSB0 --for 30m --csv hoa-cuong-roof.csv
      citylora serial survey /dev/ttyUSB0 /dev/ttyUSB1 --channel "921.4 SF10" --channel "921.6 SF10"
    """  # noqa: D301  (click reads the backspace)
    from ingest.survey import Survey  # noqa: PLC0415

    language = lang or default_language()
    survey = Survey()
    with (
        stop_signals() as stop,
        ears(port, modem, plan(channels, FACTORS, private=private), stay) as heard,
        _sheet(file) as write,
        _screen(language, live=sys.stdout.isatty() and not as_json) as show,
    ):
        began = time.monotonic()
        for one in heard.until(stop, limit):
            if one is not None:
                write(one, survey.add(one))
            show(survey)
    seconds = round(time.monotonic() - began)
    if as_json:
        rows = [{**row._asdict(), "last": render(row.last)} for row in survey.rows()]
        emit({"seconds": seconds, "frames": survey.frames, "senders": survey.senders, "rows": rows})
    else:
        _print(survey, seconds, language)
    return heard.code()


def _print(survey: Survey, seconds: int, language: Language) -> None:
    if survey.frames:
        table(_heads(language), [_cells(row) for row in survey.rows()])
        click.echo(said("serial.heard", frames=survey.frames, senders=survey.senders, seconds=seconds).in_(language))
    else:
        click.echo(said("serial.nothing").in_(language))


def _heads(language: Language) -> list[str]:
    return [said(f"serial.{name}").in_(language) for name in HEADS]


def _cells(row: Row) -> tuple[Any, ...]:
    return (
        row.sender, row.kind, row.channel, row.frames, row.best, row.rssi, row.snr, f"{render(row.last)[_CLOCK]}Z",
    )  # fmt: skip


@contextmanager
def _sheet(path: Path | None) -> Iterator[Callable[[Reception, Seen], None]]:
    """What writes a line a frame; each is on disk before the next one comes."""
    from ingest.survey import COLUMNS, cells  # noqa: PLC0415

    if path is None:
        yield lambda _reception, _seen: None
        return
    try:
        out = path.open("x", encoding="utf-8", newline="")
    except FileExistsError as error:
        raise fail(
            f"{path} is there already", "give --csv another name, or remove it: a survey overwrites none"
        ) from error
    except OSError as error:
        raise fail(f"{path} cannot be written: {error.strerror}", "give --csv another path") from error
    with out:
        writer = csv.writer(out)
        writer.writerow(COLUMNS)

        def write(reception: Reception, what: Seen) -> None:
            writer.writerow(cells(reception, what))
            out.flush()

        yield write


@contextmanager
def _screen(language: Language, *, live: bool) -> Iterator[Callable[[Survey], None]]:
    """What shows the table as it grows, at a terminal."""
    if not live:
        with nullcontext():
            yield lambda _survey: None
        return
    from rich.live import Live  # noqa: PLC0415  (0.1 s)

    with Live(transient=True, auto_refresh=False) as screen:
        shown = [0.0]

        def show(survey: Survey) -> None:
            if time.monotonic() - shown[0] >= LOOK:
                screen.update(_grid(survey, language), refresh=True)
                shown[0] = time.monotonic()

        yield show


def _grid(survey: Survey, language: Language) -> RenderableType:
    from rich.table import Table  # noqa: PLC0415

    if not survey.frames:
        return said("serial.nothing").in_(language)
    grid = Table(*_heads(language), box=None)
    for row in survey.rows()[:LIVE_ROWS]:
        grid.add_row(*("" if cell is None else str(cell) for cell in _cells(row)))
    return grid
