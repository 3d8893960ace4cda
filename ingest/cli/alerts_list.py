"""`citylora alerts list`, `show` and `history`: what fires, what fired, and when rules were met."""

from __future__ import annotations

import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import click

from gateways.rfc3339 import render
from ingest.cli.options import config_options, emit, fail, json_option, load_settings, printable, table
from ingest.cli.selection import since_option

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from ingest.alerts.tables import Alert, Tables
    from ingest.config import Settings

_RECENT = 7 * 86_400 * 1_000_000_000
"""ns back that is looked where nobody says since when."""

_MINUTE = 16
"""Characters of a time to the minute."""


@click.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Those that are over as well, of the last 7 days or --since.")
@click.option("--site", metavar="ID", default="", help="Of one site.")
@click.option("--rule", metavar="ID", default="", help="Of one rule.")
@since_option("Not older, with --all: a date, RFC 3339, or how long ago (1h, 30m, 2d).")
@config_options
@json_option
def list_(
    *, everything: bool, site: str, rule: str, since: int | None, config: Path | None, data: Path | None, as_json: bool
) -> None:
    """List the alerts that fire now, the newest first.

    \b
    Example:
      citylora alerts list
      citylora alerts list --all --since 2d --site cau-do --json
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    past = time.time_ns() - _RECENT if since is None else since
    with tables_of(settings) as tables:
        found = tables.alerts(firing=not everything, site=site, rule=rule, since=past)
    if as_json:
        emit([about(one) for one in found])
    elif found:
        table(
            ("ID", "SEVERITY", "RULE", "OF", "SINCE", "UNTIL", "VALUE", "WORST", "STATE"),
            [
                (one.id, one.severity.name.lower(), one.last.rule, one.last.scope.key, _minute(one.last.opened),
                 _minute(one.closed), f"{one.last.value:g}", f"{one.last.extreme:g}", state_of(one))
                for one in found
            ],
        )  # fmt: skip
    else:
        click.echo("nothing fires" if not everything else "nothing has fired")


@click.command()
@click.argument("alert")
@config_options
@json_option
def show(*, alert: str, config: Path | None, data: Path | None, as_json: bool) -> None:
    """Show all of one alert, and who was told of it.

    Exit code 1 where there is none of that id.

    \b
    Example:
      citylora alerts show al_kq3rt5vw2x7y6zab
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    with tables_of(settings) as tables:
        found = tables.alert(alert)
        told = tables.told(alert)
    if found is None:
        raise fail(f"there is no alert {alert}", "`citylora alerts list --all` shows those of the last days")
    if as_json:
        emit({**about(found), "told": [{**one._asdict(), "at": render(one.at)} for one in told]})
        return
    for key, value in about(found).items():
        shown = ", ".join(value) if isinstance(value, list) else "" if value is None else str(value)
        click.echo(f"{key:<16} {printable(shown)}".rstrip())
    for one in told:
        click.echo(f"{'told':<16} {one.department}: {one.phase}, {render(one.at)}")


@click.command()
@click.option("--rule", metavar="ID", default="", help="Of one rule.")
@click.option("--scope", metavar="SCOPE", default="", help="Of one scope, such as site:cau-do or device:24e1...")
@since_option("Not older: a date, RFC 3339, or how long ago (1h, 30m, 2d). Default: 7 days.")
@config_options
@json_option
def history(*, rule: str, scope: str, since: int | None, config: Path | None, data: Path | None, as_json: bool) -> None:
    """List when rules were met, by the time of the events, the oldest first.

    This is what happened, whatever order it came in; alerts are what was told of it.

    \b
    Example:
      citylora alerts history --rule flood/level --since 30d
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    past = time.time_ns() - _RECENT if since is None else since
    with tables_of(settings) as tables:
        found = tables.intervals(rule, scope, past)
    if as_json:
        emit(
            [
                {"rule": one.rule, "scope": one.scope, "since": render(one.since), "until": _time(one.until)}
                for one in found
            ]
        )
    elif found:
        rows = [(one.rule, one.scope, _minute(one.since), _minute(one.until)) for one in found]
        table(("RULE", "OF", "SINCE", "UNTIL"), rows)
    else:
        click.echo("no rule was met")


@contextmanager
def tables_of(settings: Settings) -> Iterator[Tables]:
    """What alerts.db says, to read; raises as `database` does."""
    from ingest.alerts.tables import Tables  # noqa: PLC0415

    with closing(database(settings)) as db:
        yield Tables(db)


def database(settings: Settings) -> sqlite3.Connection:
    """alerts.db, to read.

    Raises:
        CityloraError: there is no such file, or it is damaged.
    """
    from ingest.data_dir import consumer_file, read_consumer  # noqa: PLC0415

    if not consumer_file(settings.data_dir, "alerts").is_file():
        raise fail(
            f"there is no alerts.db in {settings.data_dir}",
            "name packs or rules in [alerts] and start `citylora run`; `citylora alerts check` says what is watched",
        )
    return read_consumer(settings.data_dir, "alerts")


def about(one: Alert) -> dict[str, Any]:
    """An alert as JSON has it."""
    last, scope = one.last, one.last.scope
    return {
        "id": one.id,
        "rule": last.rule,
        "severity": one.severity.name.lower(),
        "state": state_of(one),
        "scope": scope.key,
        "site": scope.site or None,
        "ward": scope.ward or None,
        "opened": render(last.opened),
        "closed": _time(one.closed),
        "value": last.value,
        "extreme": last.extreme,
        "swings": last.swings,
        "devices": list(last.devices),
        "cause": last.cause or None,
        "closed_by": last.closed_by or None,
        "closed_why": last.closed_why or None,
        "acknowledged_at": _time(one.acked_at),
        "acknowledged_by": one.acked_by or None,
    }


def state_of(one: Alert) -> str:
    """`firing`, `acknowledged` or `resolved`."""
    return "acknowledged" if one.acked_at and not one.closed else one.last.phase


def _time(time: int) -> str | None:
    return render(time) if time else None


def _minute(time: int) -> str:
    return render(time)[:_MINUTE].replace("T", " ") if time else ""
