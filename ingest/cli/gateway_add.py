"""`citylora gateway add`: make a gateway in the network server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ingest.cli.gateway_id import gateway_id
from ingest.cli.misuse import misuse
from ingest.cli.network_server import lang_option, lns_option, opened
from ingest.cli.options import config_options, duration, emit, fail, json_option, load_settings, say
from ingest.cli.tongue import FieldCommand
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.i18n import Language

_FAILED = 1


@click.command(cls=FieldCommand, name="add")
@click.argument("gateway", metavar="ID", callback=gateway_id)
@click.option("--name", metavar="TEXT", help="What people call it. Default: its id.")
@click.option("--description", metavar="TEXT", help="Where it hangs, who has the key to the roof.")
@click.option("--lat", "latitude", type=float, metavar="DEG", help="Latitude, WGS 84.")
@click.option("--lon", "longitude", type=float, metavar="DEG", help="Longitude, WGS 84.")
@click.option("--height", "altitude", type=float, metavar="M", help="Of its antenna, in m.")
@click.option("--stats-interval", callback=duration, metavar="TIME", help="How often it reports. Default: 30s.")
@click.option("--update", is_flag=True, help="Change what is there and differs.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@lns_option
@lang_option
@config_options
@json_option
def command(
    *, gateway: str, name: str | None, description: str | None, latitude: float | None, longitude: float | None,
    altitude: float | None, stats_interval: int | None, update: bool, dry_run: bool,
    lns: str | None, lang: Language | None, config: Path | None, data: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Make a gateway in the network server, or say that it is there as it should be.

    A second run changes nothing. What differs from the options is shown, and changed with --update only; what is not
    given stays as it is. Exit code 1 where something differs, or where another tenant has the id.

    \b
    Example:
      citylora gateway add 24e124fffef0a1b2 --name "Cầu Rồng" --lat 16.0611 --lon 108.2272 --height 31
      citylora gateway add 24e124fffef0a1b2 --height 35 --update
    """  # noqa: D301  (click reads the backspace)
    from ingest.onboarding.gateways import WantedGateway, bring_about, lines  # noqa: PLC0415

    language = lang or default_language()
    _check_place(latitude, longitude, language)
    settings = load_settings(config, data)
    wanted = WantedGateway(gateway, name, description, latitude, longitude, altitude, stats_interval)
    with opened(settings, lns, language) as server:
        outcome = bring_about(server, wanted, update=update, dry_run=dry_run)
    text = lines(outcome, dry_run=dry_run).in_(language)
    if as_json:
        emit({**outcome._asdict(), "dry_run": dry_run, "reason": text})
    else:
        say(text)
    return _FAILED if outcome.state in ("differs", "foreign") else 0


def _check_place(latitude: float | None, longitude: float | None, language: Language) -> None:
    """A gateway at the wrong place makes every distance wrong."""
    if (latitude is None) != (longitude is None):
        raise misuse("position")
    if latitude is None or longitude is None:
        return
    from ingest.onboarding.check.content import within_city  # noqa: PLC0415

    if not within_city(latitude, longitude):
        raise fail(said("admin.gateway_outside", lat=latitude, lon=longitude).in_(language))
