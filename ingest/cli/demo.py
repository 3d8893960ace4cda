"""`citylora demo`: a simulated city, a broker and the real pipeline, in one terminal."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager, nullcontext
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli.boundary import FAILED
from ingest.cli.options import duration, emit, fail, json_option, stop_signals

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterator

    from ingest.demo.summary import Summary

RATE, SERIAL_RATE = 50.0, 10.0
"""Uplinks/s: each of 200 devices speaks every four seconds; a real one would every ten minutes. A modem is deaf for
some milliseconds after each frame."""


@click.command()
@click.option("--devices", type=click.IntRange(1, 100_000), default=200, show_default=True, help="How many there are.")
@click.option(
    "--rate",
    type=click.FloatRange(0, min_open=True),
    help=f"Uplinks a second, of all devices; the demo's broker takes some 1,000. Default: {RATE:g}, of a modem"
    f" {SERIAL_RATE:g}.",
)
@click.option("--serial", is_flag=True, help="No broker: a simulated modem at a serial port, and LoRaWAN decoded here.")
@click.option("--for", "limit", callback=duration, metavar="TIME", help="End after so long: 30s, 2m.")
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Keep journal and store here, for `citylora readings`; else they are removed at the end.",
)
@json_option
def command(
    *, devices: int, rate: float | None, serial: bool, limit: int | None, data: Path | None, as_json: bool
) -> int:
    """Show citylora at work: a simulated city, an MQTT broker and the real pipeline, in one terminal.

    Nothing else is needed: no server, no root. It ends with a summary after --for, or at Ctrl-C; the exit code is 0
    if the ledger adds up and nothing that was published is missing. --json prints one JSON object at the end.

    With --serial there is neither broker nor network server: a LoStik that is not there hears the devices, and their
    frames are verified and decrypted here, as docs/serial.md says of a real one.

    \b
    Example:
      citylora demo --for 30s
      citylora demo --serial --devices 20 --for 30s
    """  # noqa: D301  (click reads the backspace)
    with stop_signals() as stop, _folder(data) as folder:
        act = _on_air if serial else _by_broker
        summary = act(folder, devices, rate, limit, stop)
    if as_json:
        emit(summary.as_json())
    else:
        click.echo(summary.as_text())
    return 0 if summary.is_good else FAILED


def _by_broker(folder: Path, devices: int, rate: float | None, limit: int | None, stop: threading.Event) -> Summary:
    from ingest.demo.broker_process import BrokerProcess  # noqa: PLC0415

    rate = rate or RATE
    with BrokerProcess() as broker:
        # Only now: the broker's process begins meanwhile.
        from ingest.demo.play import play  # noqa: PLC0415
        from ingest.demo.stage import Stage  # noqa: PLC0415

        return play(
            partial(Stage, broker, folder, devices, rate), folder, devices=devices, rate=rate, limit=limit, stop=stop
        )


def _on_air(folder: Path, devices: int, rate: float | None, limit: int | None, stop: threading.Event) -> Summary:
    for module in ("serial", "cryptography"):
        if find_spec(module) is None:
            raise fail(f"the demo's modem needs {module}", "pip install 'citylora[serial]'")
    from ingest.demo.air import MOST  # noqa: PLC0415
    from ingest.demo.play import play  # noqa: PLC0415
    from ingest.demo.serial_stage import SerialStage  # noqa: PLC0415

    if devices > MOST:
        raise click.BadParameter(f"one modem hears {MOST:,} devices at most", param_hint="--devices")
    rate = rate or SERIAL_RATE
    return play(partial(SerialStage, folder, devices, rate), folder, devices=devices, rate=rate, limit=limit, stop=stop)


@contextmanager
def _folder(data: Path | None) -> Iterator[Path]:
    with nullcontext(str(data)) if data else tempfile.TemporaryDirectory(prefix="citylora-demo-") as folder:
        yield Path(folder)
