"""`citylora ingest`: recorded events, by the same path as live ones."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ingest.cli.options import config_options, emit, json_option, load_settings, say, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ingest.archive.file_source import Recording
    from ingest.config import Settings
    from ingest.status import Identity

STDIN = "-"


class _Run(NamedTuple):
    """What one run did.

    Attributes:
        ledger: what it added to the directory's.
        lines: that were handed over, by file.
    """

    ledger: Identity
    lines: dict[str, int]
    seconds: float
    interrupted: bool


def _moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    from gateways import rfc3339  # noqa: PLC0415

    if value is None or value.upper() == "NOW":
        return None if value is None else time.time_ns()
    try:
        return rfc3339.parse(value)
    except ValueError as error:
        raise click.BadParameter("write NOW, or a time with its zone such as 2026-11-22T07:30:00+07:00") from error


@click.command()
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True),
)
@click.option(
    "--assume-time", metavar="NOW|TIME", callback=_moment, help="For events that nothing gives a time (RFC 3339)."
)
@config_options
@json_option
def command(
    *, files: tuple[Path, ...], assume_time: int | None, config: Path | None, data: Path | None, as_json: bool
) -> int:
    """Take recorded events from FILE by the same path as live ones; "-" is standard input.

    A line is one event: {"topic", "payload" or "payload_b64", "received_at"}, or what `mosquitto_sub -F %J` prints.
    A line that is no event is received and quarantined. Without any time (received_at or tst, or in the payload) the
    whole run is refused, unless --assume-time says which. So is a file that is no text, such as a compressed one.

    Without -c the only sink is the embedded store. Running it again stores nothing twice, so a run that was interrupted
    is taken up by repeating it; only a line that is no event has no identity, and is received and quarantined again.
    It needs the data directory to itself: stop the worker first.

    Standard input is read to its end, into a temporary file, before anything is stored.

    Hours and days that are over are made, and brought to the sinks, before it ends.

    A sink that is away is waited for, and nothing is given up for it. Ctrl-C or SIGTERM ends the run within ten seconds
    (exit code 130), and says how far it came.

    What it prints is the ledger of this run: received = stored + quarantined + duplicate + evicted + pending.

    \b
    Example:
      citylora ingest --data ./city events.jsonl
      mosquitto_sub -h localhost -t 'application/#' -q 1 -F %J > events.jsonl
      zcat 2026-*.jsonl.gz | citylora ingest -c citylora.toml -
    """  # noqa: D301  (click reads the backspace)
    settings = _settings(config, data)
    with _terminable(), ExitStack() as stack:
        run = _take(settings, _open(files, stack), assume_time)
    if run.interrupted:
        click.echo(_sentence(run), err=True)
        raise click.Abort
    if as_json:
        lines = [{"file": name, "lines": count} for name, count in run.lines.items()]
        emit({**run.ledger._asdict(), "files": lines, "seconds": round(run.seconds, 3)})
        return 0
    table(tuple(map(str.upper, run.ledger._fields)), [run.ledger])
    if run.ledger.quarantined:
        click.echo("`citylora quarantine list` says what was refused and why", err=True)
    return 0


def _settings(config: Path | None, data: Path | None) -> Settings:
    """The configuration, without brokers and alerts: nothing live is taken meanwhile. What a sink lacks is not evicted.

    A file can wait, unlike a broker; and what was given up once would be a duplicate when the file is given again.
    """
    settings = load_settings(config, data)
    from ingest.config import store_only  # noqa: PLC0415
    from ingest.via_worker import unwatched  # noqa: PLC0415

    journal = settings.journal.model_copy(update={"on_full": "stop"})
    changed = {"broker": (), "lns": (), "journal": journal, "alerts": unwatched(settings)}
    settings = settings.model_copy(update=changed)
    return settings if config else store_only(settings)


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM is as Ctrl-C meanwhile."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _open(files: Sequence[Path], stack: ExitStack) -> list[Recording]:
    from ingest.archive.file_source import Recording  # noqa: PLC0415

    recordings = []
    for file in files:
        is_stdin = str(file) == STDIN
        recording = Recording("stdin" if is_stdin else file.name, sys.stdin.buffer if is_stdin else file.open("rb"))
        stack.callback(recording.close)
        recordings.append(recording)
    return recordings


def _take(settings: Settings, recordings: Sequence[Recording], assumed: int | None) -> _Run:
    """Everything from the check to the drained sinks.

    Raises:
        CityloraError: a time is missing, the directory is in use, or the worker has failed.
    """
    from gateways.chirpstack import events  # noqa: PLC0415
    from ingest.app import Worker  # noqa: PLC0415
    from ingest.archive.file_source import FileSource, first_time, parts  # noqa: PLC0415
    from ingest.finishing import finish  # noqa: PLC0415
    from ingest.observe.log import Lines  # noqa: PLC0415
    from ingest.outlets import consumer_names  # noqa: PLC0415
    from ingest.status import read_state  # noqa: PLC0415

    began = time.monotonic()
    for recording in recordings:
        recording.check()
    if assumed is None:
        assumed = first_time(recordings, events.parse) or time.time_ns()
    worker = Worker(settings, Lines(say))
    lines = dict.fromkeys([recording.name for recording in recordings], 0)
    source, names, interrupted = FileSource(worker, say), consumer_names(settings), False
    before = read_state(settings.data_dir, names).identity
    try:
        worker.start()
        source.drain()  # what was pending before is not of this run
        before = read_state(settings.data_dir, names).identity
        with _progress(sum(recording.size for recording in recordings)) as advance:
            for recording in recordings:
                for part in parts(recording, events.parse, assumed):
                    source.hand_over(part.events)
                    lines[recording.name] += len(part.events)
                    advance(part.size)
        source.drain()
        finish(worker, say)
    except KeyboardInterrupt:
        interrupted = True
    finally:
        worker.stop()
    after = read_state(settings.data_dir, names).identity
    ledger = type(after)(*(now - then for now, then in zip(after, before, strict=True)))
    return _Run(ledger, lines, time.monotonic() - began, interrupted)


@contextmanager
def _progress(size: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, in bytes; nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _size: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("ingest"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=size)
        yield lambda done: bar.advance(task, done)


def _sentence(run: _Run) -> str:
    counts = ", ".join(f"{count} {name}" for name, count in run.ledger._asdict().items())
    return f"{counts}; run it again for the rest"
