"""`citylora gateway list`: the gateways of the network server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from ingest.cli.network_server import lang_option, lns_option, opened
from ingest.cli.options import config_options, emit, json_option, load_settings, say, table
from ingest.cli.tongue import FieldCommand
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from pathlib import Path

    from gateways.chirpstack.admin.answers import ServerGateway
    from ingest.i18n import Language

_COLUMNS = ("id", "name", "state", "last_seen", "lat", "lon")
_SECOND = 1_000_000_000


@click.command(cls=FieldCommand, name="list")
@lns_option
@lang_option
@config_options
@json_option
def command(*, lns: str | None, lang: Language | None, config: Path | None, data: Path | None, as_json: bool) -> None:
    """List the gateways of the tenant: whether they are connected, and where they are.

    \b
    Example:
      citylora gateway list
      citylora gateway list --json
    """  # noqa: D301  (click reads the backspace)
    language = lang or default_language()
    settings = load_settings(config, data)
    with opened(settings, lns, language) as server:
        found = [_row(one) for one in server.gateways()]
    if as_json:
        emit(found)
    elif found:
        states = {state: said(f"admin.state_{state}").in_(language) for state in ("never", "online", "offline")}
        titles = [said(f"columns.{name}").in_(language) for name in _COLUMNS]
        table(titles, [[*(one | {"state": states[one["state"]]}).values()] for one in found])
    else:
        say(said("admin.gateway_none").in_(language))


def _row(gateway: ServerGateway) -> dict[str, Any]:
    seen = gateway.last_seen
    values = (
        gateway.id,
        gateway.name,
        gateway.state,
        None if seen is None else datetime.fromtimestamp(seen // _SECOND, UTC).isoformat().replace("+00:00", "Z"),
        gateway.latitude,
        gateway.longitude,
    )
    return dict(zip(_COLUMNS, values, strict=True))
