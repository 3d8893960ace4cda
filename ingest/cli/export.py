"""`citylora export`: the journal as JSON lines."""

from __future__ import annotations

import sys
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli.options import config_options, emit, json_option, load_settings
from ingest.cli.progress import bar
from ingest.cli.selection import EVER, device_option, time_options
from ingest.errors import DataDirError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

STDOUT = Path("-")


@click.command()
@time_options
@device_option
@click.option("--source", metavar="NAME", default="", help="Of one broker, or one file that was ingested.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=STDOUT, metavar="FILE",
    help='Written whole or not at all. Default: standard output, which is "-".',
)  # fmt: skip
@config_options
@json_option
def command(
    *, since: int | None, until: int | None, device: str | None, source: str, output: Path,
    config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Write the journal's events as JSON lines, as `citylora ingest` takes them; a worker may run or not.

    A line has topic, received_at (when it arrived), payload (text) or payload_b64 (any other bytes), and for people seq
    and source. Duplicates are among them. Of an event over 256 KiB the journal has only the head: its line says so
    (cut: length and SHA-256 in base64), and `ingest` quarantines it as oversized, as it was.

    --json tells how many events were written; it needs -o FILE.

    \b
    Example:
      citylora export --since 2d -o events.jsonl
      citylora export --device 24e124126a148401 | gzip > device.jsonl.gz
    """  # noqa: D301  (click reads the backspace)
    if as_json and output == STDOUT:
        raise click.UsageError("--json and the events would both be on standard output; give -o FILE")
    settings = load_settings(config, data)
    from ingest.archive import export  # noqa: PLC0415  (after the configuration is known to be good)
    from ingest.journal.reader import SqliteReader  # noqa: PLC0415
    from ingest.journal.writer import FILE  # noqa: PLC0415

    path = settings.data_dir / FILE
    if not path.is_file():
        raise DataDirError(f"there is no journal in {settings.data_dir}", "correct -c or --data")
    wanted = export.Wanted(
        EVER[0] if since is None else since, EVER[1] if until is None else until, device or "", source
    )
    with closing(SqliteReader(path)) as reader, _opened(output) as stream, bar("export", unit="events") as advance:
        done = export.export(reader, wanted, stream.write, advance)
    if as_json:
        emit({"file": str(output), **done._asdict()})
    elif output != STDOUT:
        click.echo(f"{output}: {done.events} events, {done.cut} of them cut")
    elif done.cut:
        click.echo(f"of {done.cut} events over 256 KiB only the head was kept; their lines say so", err=True)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """Standard output, or a file that appears when all of it is written."""
    if path == STDOUT:
        with nullcontext(sys.stdout.buffer) as stream:
            yield stream
        return
    partial = path.with_name(path.name + ".partial")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
