"""`citylora demo`: a simulated city, a broker and the real pipeline, in one terminal."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli.boundary import FAILED
from ingest.cli.options import duration, emit, json_option, stop_signals

if TYPE_CHECKING:
    from collections.abc import Iterator

RATE = 50.0
"""Uplinks/s: each of 200 devices speaks every four seconds; a real one would every ten minutes."""


@click.command()
@click.option("--devices", type=click.IntRange(1, 100_000), default=200, show_default=True, help="How many there are.")
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    default=RATE,
    show_default=True,
    help="Uplinks a second, of all devices together; the demo's broker takes some 1,000.",
)
@click.option("--for", "limit", callback=duration, metavar="TIME", help="End after so long: 30s, 2m.")
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

    with stop_signals() as stop, BrokerProcess() as broker, _folder(data) as folder:
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
