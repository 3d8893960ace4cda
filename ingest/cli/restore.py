"""`citylora restore`: a data directory from a backup."""

from __future__ import annotations

import time
from pathlib import Path

import click

from ingest.cli.options import emit, json_option, load_settings
from ingest.cli.progress import bar


@click.command()
@click.argument("source", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DATA",
    help="An empty or new data directory. Default: data_dir of the configuration.",
)
@click.option(
    "-c", "--config", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="As for the other commands."
)
@click.option("--no-verify", is_flag=True, help="Do not count everything again; half a minute a million events.")
@json_option
def command(*, source: Path, into: Path | None, config: Path | None, no_verify: bool, as_json: bool) -> None:
    """Make a data directory of the backup DIR; it must be empty, or not there yet.

    Every file is held against the hash that the backup has written down, and everything is counted again. A backup of
    an older version is brought up to date; one of a newer version is refused.

    Events are numbered on from the time of the restore (microseconds since 1970), so that no number is ever given
    twice: set the clock first. What was received after the backup was made is not in it; the broker still holds what
    was not acknowledged, and a worker with the same client_id takes it up.

    \b
    Example:
      citylora restore /mnt/backup/citylora-2026-11-22 --into /var/lib/citylora
    """  # noqa: D301  (click reads the backspace)
    folder = into or load_settings(config, None).data_dir
    from gateways.rfc3339 import render  # noqa: PLC0415
    from ingest.archive import restore  # noqa: PLC0415

    with bar("restore") as advance:
        done = restore.restore(source, folder, time.time_ns(), check=not no_verify, advance=advance)
    made = done.manifest
    if as_json:
        emit(
            {
                "data_dir": str(folder),
                "made_at": made.made_at,
                "received": made.received,
                "seq": done.after,
                "next_seq": done.given + 1,
                "verified": not no_verify,
            }
        )
        return
    click.echo(
        f"{folder}: {made.received} events up to number {done.after}, as of {render(made.began)};"
        f" the next is number {done.given + 1}"
    )
