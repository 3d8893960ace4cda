"""`citylora status`: is anything missing?"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import click

from ingest.cli.boundary import FAILED
from ingest.cli.options import config_options, emit, json_option, load_settings, table

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.config import Settings

EVERY = 2.0
"""Seconds between two looks of --watch."""

COUNTERS = ("received", "stored", "quarantined", "pending", "duplicate", "evicted")
CLEAR = "\x1b[H\x1b[2J"


@click.command()
@click.option("--watch", is_flag=True, help="Look again every two seconds, until Ctrl-C.")
@click.option("--verify", is_flag=True, help="Count everything again from the files; half a minute a million events.")
@config_options
@json_option
def command(*, watch: bool, verify: bool, config: Path | None, data: Path | None, as_json: bool) -> int:
    """Show the ledger, the lag of each sink, the disk, the incidents and the alerts; a worker may run or not.

    received = stored + quarantined + pending + duplicate + evicted, for every sink and in the headline.

    Exit code 1 if unhealthy: the ledger does not add up, --verify finds a fault, the worker keeps nothing or does not
    answer, a broker is not connected, a sink cannot be written, undelivered events fill 90 % of the journal's cap,
    an endpoint of a department is disabled, has failed for an hour or is not configured any more while messages wait,
    or no worker runs while events are pending or messages wait. Incidents and what fires are shown, and do not make
    it unhealthy.

    "full in" is the time until undelivered events would fill the journal if from now on nothing were consumed.

    \b
    Example:
      citylora status --watch
      citylora status --verify --json | jq .healthy
    """  # noqa: D301  (click reads the backspace)
    if watch and as_json:
        raise click.UsageError("--watch is for people, --json is one value: give one of them")
    settings = load_settings(config, data)
    found = _show(settings, recount=verify, as_json=as_json)
    try:
        while watch:
            time.sleep(EVERY)
            if sys.stdout.isatty():
                click.echo(CLEAR, nl=False)
            found = _show(settings, recount=verify, as_json=False)
    except KeyboardInterrupt:
        click.echo()
    return 0 if found["healthy"] else FAILED


def _show(settings: Settings, *, recount: bool, as_json: bool) -> dict[str, Any]:
    from ingest import report  # noqa: PLC0415  (after the configuration is known to be good)

    found = report.as_json(report.look(settings, recount=recount))
    if as_json:
        emit(found)
    else:
        _print(found, report.lines(found))
    return found


def _derived(counts: dict[str, Any]) -> str:
    """What became of the second log's rows; what is rare only where it happened."""
    rare = [f"{counts[key]} {key.replace('_', ' ')}" for key in ("refused", "late", "given_up") if counts[key]]
    last = f", last refused {counts['refused_at']}: {counts['refusal']}" if counts["refused"] else ""
    return ", ".join([f"{counts['sent']} sent", f"{counts['pending']} pending", *rare]) + last


def _print(found: dict[str, Any], lines: Any) -> None:
    ledgers = [("all", found), *found["consumers"].items()]
    table(("LEDGER", *map(str.upper, COUNTERS)), [(name, *(one[key] for key in COUNTERS)) for name, one in ledgers])
    click.echo()
    for name, value in lines:
        click.echo(f"{name:<16}{value}")
    for name, one in found["consumers"].items():
        hint = f" ({one['hint']})" if one["hint"] else ""
        trouble = f", TROUBLE: {one['trouble']}{hint}" if one["trouble"] else ""
        lag = f"{one['lag_events']} events, {one['lag_seconds']:.0f} s behind" if one["lag_events"] else "no lag"
        click.echo(f"{name:<16}{lag}, last write {one['last_write'] or 'none'}{trouble}")
        if one["derived"]:
            click.echo(f"{'':<16}derived rows: {_derived(one['derived'])}")
        if one["alert_rows"]:
            click.echo(f"{'':<16}alert rows: {_derived(one['alert_rows'])}")
    for one in found["incidents"]:
        click.echo(
            f"{'incident':<16}{one['count']} x {one['kind']} ({one['source']}), {one['last_at']}: {one['detail']}"
        )
    if "verify" in found and not found["verify"]:
        click.echo(f"{'verify':<16}everything agrees")
    click.echo("healthy" if found["healthy"] else "".join(f"UNHEALTHY: {why}\n" for why in found["unhealthy"]).rstrip())
