"""`citylora backup`: a copy of the data directory, while the worker goes on."""

from __future__ import annotations

from pathlib import Path

import click

from ingest.cli.options import config_options, emit, fail, json_option, load_settings
from ingest.cli.progress import bar


@click.command()
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--no-verify", is_flag=True, help="Do not count the copy again; half a minute a million events.")
@config_options
@json_option
def command(*, target: Path, no_verify: bool, config: Path | None, data: Path | None, as_json: bool) -> None:
    """Copy journal, store and what every sink has to DIR, as of one moment; a worker may run or not.

    DIR must not be there yet. It appears when all of it is written, and was counted again: everything that `citylora
    status --verify` asks of a data directory. Until then it is DIR.partial.

    Keep the configuration and the files that it names (devices.csv, certificates, passwords) beside it: they are not
    in the data directory. InfluxDB has a backup of its own.

    \b
    Example:
      citylora backup /mnt/backup/citylora-$(date +%F)
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    import msgspec  # noqa: PLC0415

    from ingest.archive import backup  # noqa: PLC0415  (after the configuration is known to be good)
    from ingest.outlets import consumer_names  # noqa: PLC0415

    names = consumer_names(settings)
    try:
        with bar("backup") as advance:
            made = backup.backup(settings.data_dir, target, names, check=not no_verify, advance=advance)
    except OSError as error:
        raise fail(
            f"the backup {target} could not be made: {error.strerror or error}",
            "nothing of it is left; free some room, or name a directory on another disk",
        ) from error
    if as_json:
        emit({"directory": str(target), **msgspec.to_builtins(made)})
        return
    size = sum(file.bytes for file in made.files)
    click.echo(
        f"{target}: {made.received} events up to number {made.seq}, {len(made.files)} files, {size >> 20} MiB,"
        f" {'everything agrees' if made.verified else 'not counted again'}"
    )
