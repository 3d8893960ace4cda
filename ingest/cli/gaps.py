"""`citylora gaps`: how many frames of each device never came, and where they were lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ingest.cli.options import config_options, emit, json_option, load_settings, table
from ingest.cli.selection import EVER, device_option, time_options

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.config import Settings
    from ingest.gaps import Account, Found

ROWS = 50
"""Devices of a table; --json has all."""


@click.command()
@device_option
@click.option("--site", default="", help="Of one site.")
@time_options
@click.option("--all", "everyone", is_flag=True, help=f"Show all with gaps, not only the {ROWS} with the most missing.")
@config_options
@json_option
def command(
    *, device: str | None, site: str, since: int | None, until: int | None, everyone: bool,
    config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Count the frames that never came, by device and by cause, from the journal; a worker may run or not.

    \b
    radio    no gateway that hears the device has received them
    network  lost between the gateways and citylora: backhaul, network server, broker
    lost     lost inside citylora: always 0, anything else is a defect
    unknown  nothing says where

    The cause is found when the uplink behind a gap comes, and stays. LOSS is what is missing of what was sent. A frame
    that came late is taken off again, in the time in which it came. The journal keeps as much as its max_size allows.

    \b
    Example:
      citylora gaps --since 7d
      citylora gaps --site hai-chau-01 --json
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    found = _find(
        settings, device or "", site, EVER[0] if since is None else since, EVER[1] if until is None else until
    )
    if as_json:
        emit({"devices": [_as_json(one) for one in found.devices], "total": _as_json(found.total)})
    else:
        _print(found, everyone=everyone)


def _find(settings: Settings, device: str, site: str, since: int, until: int) -> Found:
    from gateways.chirpstack import events  # noqa: PLC0415  (after the configuration is known to be good)
    from ingest.cli.progress import bar  # noqa: PLC0415
    from ingest.gaps import Wanted, find  # noqa: PLC0415
    from ingest.registry.directory import load  # noqa: PLC0415

    directory = load(settings).directory
    with bar("gaps", unit="events") as progress:
        return find(settings.data_dir, Wanted(since, until, device, site), events.parse, directory.resolve, progress)


def _as_json(account: Account) -> dict[str, object]:
    from gateways.rfc3339 import render  # noqa: PLC0415

    return {
        "dev_eui": account.dev_eui or None,
        "site": account.site or None,
        "received": account.received,
        "missing": account.lost,
        "missing_by_cause": {cause.word: count for cause, count in account.missing.items()},
        "loss_percent": round(account.percent, 3),
        "longest_gap": account.longest,
        "last_gap": None if account.last is None else render(account.last),
    }


def _print(found: Found, *, everyone: bool) -> None:
    from gateways.rfc3339 import render  # noqa: PLC0415
    from ingest.journal.entry import Cause  # noqa: PLC0415

    if not found.devices:
        click.echo("no uplinks match", err=True)
        return
    causes = (Cause.RADIO, Cause.NETWORK, Cause.LOST, Cause.UNKNOWN)
    shown = [one for one in found.devices if one.last is not None]
    accounts = [*(shown if everyone else shown[:ROWS]), found.total]
    table(
        ("DEVICE", "SITE", "RECEIVED", "MISSING", *(cause.name for cause in causes), "LOSS %", "LONGEST", "LAST"),
        [
            (
                account.dev_eui or f"all {len(found.devices)}",
                account.site,
                account.received,
                account.lost,
                *(account.missing[cause] for cause in causes),
                round(account.percent, 2),
                account.longest,
                "" if account.last is None else render(account.last),
            )
            for account in accounts
        ],
    )
    if len(accounts) <= len(shown):
        click.echo(f"the {ROWS} with the most missing of {len(shown)} with gaps; --all shows them all", err=True)
