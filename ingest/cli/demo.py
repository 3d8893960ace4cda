"""`citylora demo`: a simulated city, a broker and the real pipeline, in one terminal."""

from __future__ import annotations

import signal
import tempfile
import threading
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli.boundary import FAILED
from ingest.cli.options import emit, json_option

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE = 50.0
"""Uplinks/s: each of 200 devices speaks every four seconds; a real one would every ten minutes."""


def _duration(_context: click.Context, _option: click.Parameter, text: str | None) -> int | None:
    from ingest.units import parse_duration  # noqa: PLC0415

    if text is None:
        return None
    try:
        seconds = parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} {error}") from error
    if not seconds:
        raise click.BadParameter(f"{text!r} is no time at all; write a second or more, such as 30s")
    return seconds


@click.command()
@click.option("--devices", type=click.IntRange(1, 100_000), default=200, show_default=True, help="How many there are.")
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    default=RATE,
    show_default=True,
    help="Uplinks a second, of all devices together; the demo's broker takes some 1,000.",
)
@click.option("--for", "limit", callback=_duration, metavar="TIME", help="End after so long: 30s, 2m.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep journal and store here, for `citylora readings`; else they are removed at the end.",
)
@json_option
def command(*, devices: int, rate: float, limit: int | None, data: Path | None, as_json: bool) -> int:
    """Show citylora at work: a simulated city, an MQTT broker and the real pipeline, in one terminal.

    Nothing else is needed: no server, no root. It ends with a summary after --for, or at Ctrl-C; the exit code is 0
    if the ledger adds up and nothing that was published is missing. --json prints one JSON object at the end.

    \b
    Example:
      citylora demo --for 30s
    """  # noqa: D301  (click reads the backspace)
    from ingest.demo.broker_process import BrokerProcess  # noqa: PLC0415

    with _signals() as stop, BrokerProcess() as broker, _folder(data) as folder:
        # Only now: the broker's process begins meanwhile.
        from ingest.demo.play import play  # noqa: PLC0415

        summary = play(broker, folder, devices=devices, rate=rate, limit=limit, stop=stop)
    if as_json:
        emit(summary.as_json())
    else:
        click.echo(summary.as_text())
    return 0 if summary.is_good else FAILED


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    with nullcontext(str(data)) if data else tempfile.TemporaryDirectory(prefix="citylora-demo-") as folder:
        yield Path(folder)


@contextmanager
def _signals() -> Iterator[threading.Event]:
    """The event is set by Ctrl-C, SIGTERM and the terminal's end; a second one does not wait for the last uplinks."""
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
