"""`citylora run`: the worker."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ingest.cli.boundary import FAILED
from ingest.cli.options import config_options, load_settings
from ingest.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ingest.app import Worker
    from ingest.config import Settings
    from ingest.observe.log import Log, Logger
    from ingest.observe.observed import Observed

HURRIED = 1
"""Exit code after a second SIGTERM: nothing acknowledged is lost, but the end was not clean."""


@click.command()
@config_options
def command(*, config: Path | None, data: Path | None) -> int:
    """Take uplinks from the brokers to the sinks, until SIGTERM or Ctrl-C.

    SIGTERM finishes what has come, within 10 seconds; a second one ends at once, and still nothing that was
    acknowledged is lost. SIGHUP reads the configuration again: devices.csv, mappings, topics, how brokers and InfluxDB
    are reached, log and heartbeat change at once; for the rest the log says that it needs a restart.

    \b
    Example:
      citylora run -c /etc/citylora/citylora.toml
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    if not settings.sources:
        raise ConfigError(
            "no broker is configured: there is nothing to take uplinks from",
            "add [[broker]] and [[lns]], or [[serial]] or [[udp]] where there is no network server",
        )
    from ingest.heap import Tidier, settle  # noqa: PLC0415  (after the configuration is known to be good)
    from ingest.observe.log import Logger  # noqa: PLC0415
    from ingest.observe.sd_notify import notify, watchdog_seconds  # noqa: PLC0415
    from ingest.turns import lengthen  # noqa: PLC0415

    log = Logger(settings.log.format, settings.log.level)
    worker, observed = _made(settings, log)
    heap = Tidier()
    settle()
    lengthen()
    with _signals(worker, observed, log, lambda: load_settings(config, data)) as stop:
        with _only_here():
            worker.start()
            observed.start()
            heap.start()
        _say_started(settings, log)
        notify("READY=1")
        while not stop.wait(watchdog_seconds() or 3600.0) and not worker.failed:
            notify("WATCHDOG=1")
        notify("STOPPING=1")
        worker.stop()
        observed.stop()
        heap.stop()
    if worker.failed:
        log.error("worker failed", cause=worker.failed)
        return FAILED
    log.info("worker stopped")
    return 0


def _made(settings: Settings, log: Logger) -> tuple[Worker, Observed]:
    """The worker and what watches it.

    Raises:
        CityloraError: the data directory cannot be used, or nobody can listen where the metrics are to be served.
    """
    from ingest.app import Worker  # noqa: PLC0415
    from ingest.observe.observed import Observed  # noqa: PLC0415

    worker = Worker(settings, log)
    try:
        return worker, Observed(worker, log)
    except BaseException:
        worker.abandon()
        raise


def _say_started(settings: Settings, log: Log) -> None:
    from importlib.metadata import version  # noqa: PLC0415

    from ingest.outlets import sink_names  # noqa: PLC0415

    log.info(
        "worker started",
        version=version("citylora"),
        pid=os.getpid(),
        data_dir=str(settings.data_dir),
        brokers=[broker.name for broker in settings.broker],
        radios=[one.name for one in settings.radios] or None,
        sinks=sink_names(settings),
        metrics=settings.metrics.listen,
    )


@contextmanager
def _signals(worker: Worker, observed: Observed, log: Log, load: Callable[[], Settings]) -> Iterator[threading.Event]:
    """What the signals do while the worker runs; the event is set when it is to stop."""
    stop = worker.ended

    def end(number: int, _frame: object) -> None:
        if stop.is_set():
            os._exit(HURRIED)
        log.info("worker finishing", signal=signal.Signals(number).name)
        stop.set()

    def reload(_number: int, _frame: object) -> None:
        threading.Thread(target=_reload, args=(worker, observed, log, load), name="reload").start()

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


def _reload(worker: Worker, observed: Observed, log: Log, load: Callable[[], Settings]) -> None:
    from ingest.errors import CityloraError  # noqa: PLC0415

    fault: CityloraError | None = None
    try:
        settings = load()
        worker.reload(settings)
        observed.reload(settings)
        log.info("configuration read again")
    except CityloraError as error:
        fault = error
    if fault is not None:
        log.error("new configuration is not used", cause=str(fault), hint=fault.hint or None)
