"""`citylora device export`: the devices as a sheet that `device import` takes."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli.misuse import misuse
from ingest.cli.network_server import lang_option, lns_option, opened
from ingest.cli.options import config_options, emit, fail, json_option, load_settings, say
from ingest.cli.tongue import FieldCommand
from ingest.i18n import Said, default_language, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.chirpstack.admin.answers import Application, NetworkServer
    from ingest.config import Settings
    from ingest.i18n import Language
    from ingest.registry.site import Registry, Site

COLUMNS = (
    "dev_eui", "join_eui", "name", "description", "model", "profile", "application", "site", "ward", "latitude",
    "longitude", "height", "datum",
)  # fmt: skip

_EUIS, _NUMBERS = ("dev_eui", "join_eui"), ("latitude", "longitude", "height")


@click.command(cls=FieldCommand, name="export")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), default="-")
@click.option("--application", default="", metavar="NAME", help="Of one application. Default: all.")
@click.option("--with-keys", is_flag=True, help="With their root keys; then FILE has to be named, and is of mode 0600.")
@lns_option
@lang_option
@config_options
@json_option
def command(
    *, file: Path, application: str, with_keys: bool, lns: str | None, lang: Language | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Write the devices of the network server, with their sites, as a CSV that `device import` takes.

    What a spreadsheet would take for a formula has an apostrophe before it, which `device import` takes away again.
    Without their keys the sheet completes and changes devices that are there, and makes none.

    \b
    Example:
      citylora device export devices.csv
      citylora device export devices.csv --with-keys --application Drainage
    """  # noqa: D301  (click reads the backspace)
    if with_keys and (str(file) == "-" or as_json):
        raise misuse("keys_to_file")
    language = lang or default_language()
    settings = load_settings(config, data)
    with opened(settings, lns, language) as server:
        rows = list(_rows(settings, server, _chosen(server, application, language), with_keys=with_keys))
    if as_json:
        emit({"devices": rows})
    elif str(file) == "-":
        click.echo(_sheet(rows), nl=False)
    else:
        _write(file, _sheet(rows))
        say(said("plan.exported", count=len(rows), path=str(file)).in_(language))


def _chosen(server: NetworkServer, name: str, language: Language) -> list[Application]:
    from ingest.onboarding import choosing  # noqa: PLC0415

    known = server.applications()
    if not name:
        return known
    found = choosing.application(name, known)
    if isinstance(found, Said):
        raise fail(found.in_(language))
    return [found]


def _rows(
    settings: Settings, server: NetworkServer, applications: list[Application], *, with_keys: bool
) -> Iterator[dict[str, str]]:  # fmt: skip
    """A row each; the list of the server lacks the JoinEUI, so each device is asked for."""
    from ingest.registry import file  # noqa: PLC0415

    registry = file.read(settings.data_dir)
    profiles = {one.id: one.name for one in server.profiles()}
    for application in applications:
        for listed in server.devices(application.id):
            device = server.device(listed.dev_eui)
            if device is None:  # deleted meanwhile
                continue
            tags = dict(device.tags)
            row = {
                "dev_eui": device.dev_eui, "join_eui": device.join_eui, "name": device.name,
                "description": device.description, "model": tags.pop("model", ""),
                "profile": profiles.get(device.profile, device.profile), "application": application.name,
                **_place(registry, device.dev_eui), **{f"tag:{key}": value for key, value in tags.items()},
            }  # fmt: skip
            yield row | (_keys(server, device.dev_eui) if with_keys else {})


def _place(registry: Registry, dev_eui: str) -> dict[str, str]:
    from ingest.devices import FOREVER  # noqa: PLC0415

    now = next((one.site for one in registry.placements.get(dev_eui, ()) if one.until == FOREVER), "")
    site: Site | None = registry.sites.get(now)
    if site is None:
        return {"site": now}
    last = site.references[-1] if site.references else None
    return {
        "site": site.id, "ward": site.ward, "latitude": _number(site.latitude), "longitude": _number(site.longitude),
        "height": _number(last.height) if last else "", "datum": last.datum if last else "",
    }  # fmt: skip


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)


def _keys(server: NetworkServer, dev_eui: str) -> dict[str, str]:
    """As `Wanted` has them: the AppKey of LoRaWAN 1.0.x is what the server keeps as the NwkKey."""
    keys = server.keys(dev_eui)
    if keys is None or not keys.nwk_key.strip("0"):
        return {}
    if keys.app_key.strip("0"):
        return {"app_key": keys.app_key, "nwk_key": keys.nwk_key}
    return {"app_key": keys.nwk_key}


def _sheet(rows: list[dict[str, str]]) -> str:
    """CSV; a text that a spreadsheet would work something out of is quoted as such."""
    more = sorted({key for row in rows for key in row} - set(COLUMNS))
    text = io.StringIO()
    writer = csv.DictWriter(text, [*COLUMNS, *more], restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: _cell(key, value) for key, value in row.items()})
    return text.getvalue()


def _cell(column: str, value: str) -> str:
    """A number below zero is no formula; the bare digits of an EUI would become a number."""
    from ingest.onboarding.sheets.result import eui_cell, safe  # noqa: PLC0415

    if column in _EUIS:
        return eui_cell(value)
    return value if column in _NUMBERS else safe(value)


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as stream:
            stream.write(text)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
