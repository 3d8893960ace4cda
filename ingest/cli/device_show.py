"""`citylora device show`: all that network server and registry know of a device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ingest.cli.network_server import lang_option, lns_option, opened
from ingest.cli.options import config_options, emit, fail, json_option, load_settings, table
from ingest.cli.places import rendered
from ingest.cli.selection import dev_eui
from ingest.cli.site_text import placement_as_json
from ingest.cli.tongue import FieldCommand
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from pathlib import Path

    from gateways.chirpstack.admin.answers import NetworkServer, ServerDevice
    from ingest.i18n import Language


@click.command(cls=FieldCommand, name="show")
@click.argument("device", metavar="DEVEUI", callback=dev_eui)
@lns_option
@lang_option
@config_options
@json_option
def command(
    *, device: str, lns: str | None, lang: Language | None, config: Path | None, data: Path | None, as_json: bool
) -> None:
    """Show a device: application, profile, tags, whether it has keys and has joined, and where it is and was.

    Of its keys only the last four digits are shown.

    \b
    Example:
      citylora device show 24e124136b000017
    """  # noqa: D301  (click reads the backspace)
    language = lang or default_language()
    settings = load_settings(config, data)
    from ingest.registry import file  # noqa: PLC0415

    with opened(settings, lns, language) as server:
        found = server.device(device)
        if found is None:
            raise fail(said("plan.no_device", dev_eui=device).in_(language))
        value = _value(server, found)
    value["placements"] = [placement_as_json(one) for one in file.read(settings.data_dir).placements.get(device, ())]
    if as_json:
        emit(value)
    else:
        table(("", ""), [(said(f"columns.{name}").in_(language), _text(one, language)) for name, one in value.items()])


def _value(server: NetworkServer, device: ServerDevice) -> dict[str, Any]:
    applications = {one.id: one.name for one in server.applications()}
    keys, activation = server.keys(device.dev_eui), server.activation(device.dev_eui)
    return {
        "dev_eui": device.dev_eui, "join_eui": device.join_eui, "name": device.name,
        "description": device.description, "application": applications.get(device.application, device.application),
        "profile": server.profile(device.profile).name, "disabled": device.disabled, "tags": dict(device.tags),
        "nwk_key_tail": _tail(keys.nwk_key) if keys else None, "app_key_tail": _tail(keys.app_key) if keys else None,
        "dev_addr": activation.dev_addr if activation else None,
        "last_seen": None if device.last_seen is None else rendered(device.last_seen),
        "battery": device.battery, "margin": device.margin,
    }  # fmt: skip


def _tail(key: str) -> str | None:
    return key[-4:] if key.strip("0") else None


def _text(value: Any, language: Language) -> str:
    if isinstance(value, bool):
        return said(f"plan.{'yes' if value else 'no'}").in_(language)
    if isinstance(value, dict):
        return ", ".join(f"{key}={one}" for key, one in value.items())
    if isinstance(value, list):
        return "; ".join(f"{one['site']} {one['from'] or ''}…{one['until'] or ''}" for one in value)
    return "" if value is None else str(value)
