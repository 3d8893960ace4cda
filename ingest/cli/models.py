"""`citylora models`: the device models that can be decoded, and what codecs in ChirpStack give beside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from decoders.catalog import all_decoders
from ingest.cli.options import config_options, emit, json_option, load_settings, table
from ingest.cli.selection import since_option

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.config import Settings
    from ingest.unmapped import Survey


@click.command()
@click.option("--unmapped", is_flag=True, help="List instead what ChirpStack's codecs give that nobody has declared.")
@since_option("Of uplinks since then: RFC 3339, or how long ago (7d).")
@config_options
@json_option
def command(*, unmapped: bool, since: int | None, config: Path | None, data: Path | None, as_json: bool) -> None:
    """List the device models that can be decoded.

    Verified: checked against payloads of the maker or of a real device, not only of our own.

    --unmapped reads the journal instead, and lists each number that a codec in ChirpStack gave and that no
    [[decoders.object]] names, in its keys or in its ignore: by model and device profile, with how many uplinks and
    devices had it, and an example. Whose payloads nobody decodes comes first. A worker may run or not.

    \b
    Example:
      citylora models --json | jq -r '.[].model'
      citylora models --unmapped --since 7d
    """  # noqa: D301  (click reads the backspace)
    if unmapped:
        _print_survey(_survey(load_settings(config, data), since), as_json=as_json)
    elif since is not None or config or data:
        raise click.UsageError("--since, --config and --data go with --unmapped")
    else:
        _print_models(as_json=as_json)


def _print_models(*, as_json: bool) -> None:
    decoders = all_decoders()
    if as_json:
        emit(
            [
                {
                    "model": decoder.name,
                    "vendor": decoder.vendor,
                    "f_ports": list(decoder.ports),
                    "quantities": list(decoder.quantities),
                    "verified": decoder.verified,
                }
                for decoder in decoders
            ]
        )
        return
    table(
        ("MODEL", "FPORT", "VERIFIED", "QUANTITIES"),
        (
            (
                decoder.name,
                ", ".join(map(str, decoder.ports)),
                "yes" if decoder.verified else "no",
                ", ".join(decoder.quantities),
            )
            for decoder in decoders
        ),
    )


def _survey(settings: Settings, since: int | None) -> Survey:
    from gateways.chirpstack import events  # noqa: PLC0415  (what the list of models does not need)
    from ingest.cli.progress import bar  # noqa: PLC0415
    from ingest.devices import Directory, read  # noqa: PLC0415
    from ingest.object_maps import ObjectMaps  # noqa: PLC0415
    from ingest.unmapped import Census, survey  # noqa: PLC0415

    sheet = read(settings.devices.file) if settings.devices.file else None
    directory = Directory(sheet.devices if sheet else (), settings.decoders.profiles)
    census = Census(directory.resolve, ObjectMaps(settings.decoders.object))
    with bar("models", unit="events") as progress:
        return survey(settings.data_dir, census, events.parse, since, progress)


def _print_survey(found: Survey, *, as_json: bool) -> None:
    if found.left_off:
        click.echo(f"{found.left_off} more values are under keys that this list has no room for", err=True)
    if as_json:
        emit([row._asdict() for row in found.rows])
        return
    if not found.rows:
        click.echo("every number that a codec in ChirpStack gave is declared, or there was none", err=True)
        return
    table(("MODEL", "PROFILE", "DECODED BY", "KEY", "UPLINKS", "DEVICES", "EXAMPLE"), found.rows)
    click.echo("declare them in [[decoders.object]], under keys or in ignore", err=True)
