"""`citylora device move`: a device hangs at another site from now on, or belongs to another application."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ingest.cli.misuse import misuse
from ingest.cli.network_server import lang_option, lns_option
from ingest.cli.options import config_options, emit, fail, json_option, load_settings, say
from ingest.cli.places import DATED, dated, edit, hint_replay, soon
from ingest.cli.selection import dev_eui
from ingest.cli.site_text import placement_as_json, print_placements
from ingest.cli.tongue import FieldCommand
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.cli.places import Done
    from ingest.config import Settings
    from ingest.i18n import Language


@click.command(cls=FieldCommand, name="move")
@click.argument("device", metavar="DEVEUI", callback=dev_eui)
@click.option("--site", metavar="ID", help="Where it is then.")
@click.option("--at", metavar="TIME", callback=dated, help=f"Since when, with --site: {DATED}. Default: now.")
@click.option("--application", metavar="NAME", help="Of the network server, at once: name or id.")
@lns_option
@lang_option
@config_options
@json_option
def command(
    *, device: str, site: str | None, at: int | None, application: str | None, lns: str | None, lang: Language | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Say that a device has moved to another site. It must be at one; `device place` says where a new one is.

    Keys, session and history stay. The network server is only concerned by --application, which changes the topic that
    its uplinks come with.

    \b
    Example:
      citylora device move 24e124136b000017 --site cau-cam-le
      citylora device move 24e124136b000017 --application Drainage
    """  # noqa: D301  (click reads the backspace)
    if site is None and application is None:
        raise misuse("move_where")
    if at is not None and site is None:
        raise misuse("at_with_site")
    settings = load_settings(config, data)
    when = soon() if at is None else at
    language = lang or default_language()
    if site is not None:
        _hung(
            settings, device, site, when, language, dry=True
        )  # whatever is wrong with it is said before the server changes
    value: dict[str, Any] = {"placements": [], "changed": False, "worker": "none"}
    if application is not None:
        value |= _reassigned(settings, device, application, lns, language)
    done = _hung(settings, device, site, when, language) if site is not None else None
    if done:
        value |= {"changed": bool(done.changes) or value["changed"], "worker": done.worker}
    since = when if done and done.changes else None
    _show(settings, device, value, since, None if as_json else language)
    return done.code if done else 0


def _hung(settings: Settings, device: str, site: str, when: int, language: Language, *, dry: bool = False) -> Done:
    """The registry's part."""
    from ingest.devices import FOREVER  # noqa: PLC0415
    from ingest.registry import file, moves  # noqa: PLC0415
    from ingest.registry.site import Placement  # noqa: PLC0415

    if not any(one.since <= when < one.until for one in file.read(settings.data_dir).placements.get(device, ())):
        raise fail(said("plan.nowhere", dev_eui=device).in_(language), f"citylora device place {device} --site {site}")
    wanted = Placement(device, site, when, FOREVER)
    return edit(settings, "device move", lambda registry: moves.place(registry, wanted), dry=dry)


def _reassigned(settings: Settings, device: str, name: str, lns: str | None, language: Language) -> dict[str, Any]:
    """The server's part."""
    from ingest.cli.reassigning import reassign  # noqa: PLC0415  (grpc: not for the registry alone)

    application, changed = reassign(settings, device, name, lns=lns, language=language)
    return {"application": application, "changed": changed}


def _show(settings: Settings, device: str, value: dict[str, Any], since: int | None, language: Language | None) -> None:
    """For a person in the language; None is a script."""
    from ingest.registry import file  # noqa: PLC0415

    found = file.read(settings.data_dir).placements.get(device, ())
    if language is None:
        emit(value | {"placements": [placement_as_json(one) for one in found]})
        return
    print_placements(list(found))
    if "application" in value:
        say(said("plan.reassigned", name=value["application"]).in_(language))
    if since is not None:
        hint_replay(settings, since, device)
