"""`citylora support-bundle`: what somebody needs to know who is to help, in one file, without secrets."""

from __future__ import annotations

import time
from pathlib import Path

import click

from ingest.cli.options import config_options, emit, json_option


@click.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
    help="Default: ./citylora-support-<time>.tar.gz.",
)  # fmt: skip
@click.option("--verify", is_flag=True, help="Count everything again, as `status --verify`.")
@click.option(
    "--log", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE",
    help="Put the end of this log in (1 MiB).",
)  # fmt: skip
@click.option("--with-devices", is_flag=True, help="Leave the EUIs of devices and gateways as they are.")
@config_options
@json_option
def command(
    *, output: Path | None, verify: bool, log: Path | None, with_devices: bool,
    config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Gather what somebody needs to know who is to help: versions, configuration, status, incidents, disk, tables.

    Passwords, tokens and keys are taken out, logins and paths of addresses too; EUIs are replaced by names that are the
    same throughout. Payloads never go in. It is made also where the configuration or the data directory cannot be
    used. Look at it before you send it.

    \b
    Example:
      journalctl -u citylora -n 5000 > /tmp/citylora.log
      citylora support-bundle -c /etc/citylora/citylora.toml --log /tmp/citylora.log
    """  # noqa: D301  (click reads the backspace)
    from ingest.archive.support import Asked, bundle  # noqa: PLC0415

    target = output or Path(time.strftime("citylora-support-%Y%m%d-%H%M%S.tar.gz"))
    parts = bundle(Asked(config, data, log, with_devices, verify), target)
    if as_json:
        emit({"file": str(target), "parts": parts})
    else:
        click.echo(f"{target}: {', '.join(parts)}; look at it before you send it")
