"""`citylora run`: the worker."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from ingest.cli.boundary import FAILED
from ingest.cli.options import config_options, load_settings
from ingest.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.app import Worker

HURRIED = 1
"""Exit code after a second SIGTERM: nothing acknowledged is lost, but the end was not clean."""


@click.command()
@config_options
def command(*, config: Path | None, data: Path | None) -> int:
    """Take uplinks from the brokers to the sinks, until SIGTERM or Ctrl-C.

    SIGTERM finishes what has come, within 10 seconds; a second one ends at once, and still nothing that was
    acknowledged is lost. SIGHUP reads the configuration again: devices.csv, mappings and how InfluxDB is reached
    change at once; for the rest the log says that it needs a restart.

    \b
    Example:
      citylora run -c /etc/citylora/citylora.toml
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    if not settings.broker:
        raise ConfigError(
            "no broker is configured: there is nothing to take uplinks from", "add [[broker]] and [[lns]]"
        )
    from ingest.app import Worker  # noqa: PLC0415  (after the configuration is known to be good)
    from ingest.sd_notify import notify, watchdog_seconds  # noqa: PLC0415

    worker = Worker(settings, log)
    with _signals(worker, config, data) as stop:
        with _only_here():
            worker.start()
        log(
            f"worker started: {len(settings.broker)} broker(s), sinks {', '.join(one.name for one in worker.consumers)}"
        )
        notify("READY=1")
        while not stop.wait(watchdog_seconds() or 3600.0) and not worker.failed:
            notify("WATCHDOG=1")
        notify("STOPPING=1")
        worker.stop()
    if worker.failed:
        log(worker.failed)
        return FAILED
    log("worker stopped")
    return 0


def log(line: str) -> None:
    """One line of the log, on stderr, where systemd and a terminal look."""
    stamp = "" if os.environ.get("JOURNAL_STREAM") else datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ ")
    click.echo(f"{stamp}{line}", err=True)


@contextmanager
def _signals(worker: Worker, config: Path | None, data: Path | None) -> Iterator[threading.Event]:
    """What the signals do while the worker runs; the event is set when it is to stop."""
    stop = worker.ended

    def end(number: int, _frame: object) -> None:
        if stop.is_set():
            os._exit(HURRIED)
        log(f"{signal.Signals(number).name}: finishing")
        stop.set()

    def reload(_number: int, _frame: object) -> None:
        threading.Thread(target=_reload, args=(worker, config, data), name="reload").start()

    handlers = {signal.SIGTERM: end, signal.SIGINT: end, signal.SIGHUP: reload}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _only_here() -> Iterator[None]:
    """Threads that start inside never take a signal: Python acts on it in this one, which sleeps until it is woken."""
    signals = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _reload(worker: Worker, config: Path | None, data: Path | None) -> None:
    from ingest.errors import CityloraError  # noqa: PLC0415

    try:
        worker.reload(load_settings(config, data))
        log("SIGHUP: devices and mappings read again")
    except CityloraError as error:
        log(f"SIGHUP: the new configuration is not used: {error}")
    sys.stderr.flush()
