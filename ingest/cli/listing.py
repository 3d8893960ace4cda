"""The devices of the network server beside the registry: `citylora device list --server`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.cli.network_server import opened
from ingest.cli.options import emit, say, table
from ingest.cli.places import rendered, soon
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.chirpstack.admin.answers import NetworkServer
    from ingest.config import Settings
    from ingest.i18n import Language

_COLUMNS = ("dev_eui", "name", "application", "profile", "model", "site", "last_seen", "battery", "at_server")


def show(
    settings: Settings, *, device: str | None, site: str | None, lns: str | None, lang: Language | None, as_json: bool
) -> None:
    """Print them, with those that only the registry has.

    Raises:
        Failure: the server cannot be asked.
    """
    language = lang or default_language()
    sites = _sites(settings)
    with opened(settings, lns, language) as server:
        found = list(_rows(server, sites))
    there = {row["dev_eui"] for row in found}
    gone = (dict.fromkeys(_COLUMNS) | {"dev_eui": eui, "site": sites[eui]} for eui in sites if eui not in there)
    rows = [row | {"at_server": row["dev_eui"] in there} for row in (*found, *gone)]
    rows = [row for row in rows if device in (None, row["dev_eui"]) and site in (None, row["site"])]
    if as_json:
        emit(rows)
    elif rows:
        table(
            [said(f"columns.{name}").in_(language) for name in _COLUMNS],
            [[_text(row[name], language) for name in _COLUMNS] for row in rows],
        )
    else:
        say(said("plan.list_none").in_(language))


def _sites(settings: Settings) -> dict[str, str]:
    """Where each device is now, by the registry."""
    from ingest.registry import file  # noqa: PLC0415

    now = soon()
    placements = file.read(settings.data_dir).placements
    return {one.dev_eui: one.site for own in placements.values() for one in own if one.since <= now < one.until}


def _rows(server: NetworkServer, sites: dict[str, str]) -> Iterator[dict[str, Any]]:
    profiles = {one.id: one.name for one in server.profiles()}
    for application in server.applications():
        for one in server.devices(application.id):
            yield {
                "dev_eui": one.dev_eui, "name": one.name, "application": application.name,
                "profile": profiles.get(one.profile, one.profile), "model": one.tags.get("model"),
                "site": sites.get(one.dev_eui), "last_seen": None if one.last_seen is None else rendered(one.last_seen),
                "battery": one.battery,
            }  # fmt: skip


def _text(value: Any, language: Language) -> str:
    if isinstance(value, bool):
        return said(f"plan.{'yes' if value else 'no'}").in_(language)
    return "" if value is None else str(value)
