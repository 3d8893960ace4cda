"""`citylora alerts what-if`: what rules would have said of stored history."""

from __future__ import annotations

import sys
import time
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import click

from gateways.rfc3339 import render
from ingest.cli.options import config_options, emit, fail, json_option, load_settings, table
from ingest.cli.selection import time_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ingest.alerts.alert import Change
    from ingest.config import Settings
    from ingest.what_if import Known

_INSTEAD = '`citylora alerts history --rule ID` has what was so; for rows station try the rule with rows = "hour"'
_WEEK = 7 * 86_400 * 1_000_000_000


@click.command(name="what-if")
@click.option("--rule", "rules", multiple=True, metavar="ID", help="This rule alone; * stands for any letters.")
@time_options
@config_options
@json_option
def what_if(
    *, rules: tuple[str, ...], since: int | None, until: int | None, config: Path | None, data: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Say what the rules, as they are written now, would have said of stored history. Nobody is told.

    Change a threshold in the file of rules, ask again, and compare: that is how a rule is tuned. The events of the
    journal go through the same engine as live ones; the worker may run meanwhile. Default: the last 7 days.

    The journal does not hold how citylora itself was (lag, disk, failing, stalled), nor what the rows "station" repeat
    of an hour or a day: rules that look at these cannot be tried, and are named. In place of station take rows = "hour"
    for the trial.

    \b
    Example:
      citylora alerts what-if --rule too-high --since 30d
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest import what_if as trial  # noqa: PLC0415
    from ingest.alerts import rulebook  # noqa: PLC0415

    book = rulebook.load(settings.alerts)
    chosen = [one for one in book.rules if not rules or any(fnmatchcase(one.id, rule) for rule in rules)]
    if not chosen:
        raise fail(f"there is no rule {', '.join(rules) or 'at all'}", "`citylora alerts check` lists them")
    left_out = trial.not_held(chosen)
    silent = [name for names in left_out.values() for name in names]
    if len(silent) == len(chosen):
        raise fail(f"history cannot say it: the journal does not hold {_said(left_out)}", _INSTEAD)
    now = time.time_ns()
    begin, end = now - _WEEK if since is None else since, now if until is None else until
    _check(settings)
    found = trial.what_if(_known(settings), chosen, begin, end, _progress)
    if on_terminal():
        click.echo(err=True)
    ended = {one.alert: one for one in found.changes if one.phase == "resolved"}
    fired = [(one, ended.get(one.alert)) for one in found.changes if one.phase == "firing"]
    if as_json:
        alerts = [_about(one, over) for one, over in fired]
        emit({"events": found.events, "alerts": alerts, "not_judged": sorted(silent)})
        return
    if fired:
        table(("RULE", "OF", "SINCE", "UNTIL", "VALUE", "WORST"), [_row(one, over) for one, over in fired])
    click.echo(f"{len(fired)} alerts of {len(chosen) - len(silent)} rules, in {found.events} events")
    if left_out:
        click.echo(f"not judged, since the journal does not hold it: {_said(left_out)}")


def _said(left_out: Mapping[str, Sequence[str]]) -> str:
    return "; ".join(f"{what} ({', '.join(names)})" for what, names in left_out.items())


def on_terminal() -> bool:
    """Whether somebody watches."""
    return sys.stderr.isatty()


def _check(settings: Settings) -> None:
    from ingest.errors import DataDirError  # noqa: PLC0415
    from ingest.journal.writer import FILE  # noqa: PLC0415

    if not (settings.data_dir / FILE).is_file():
        raise DataDirError(
            f"there is no journal in {settings.data_dir}: nothing was ever received here", "correct -c or --data"
        )


def _known(settings: Settings) -> Known:
    """What events are understood by, as the worker would."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    from ingest.knowledge import Knowledge  # noqa: PLC0415
    from ingest.observe.log import Lines  # noqa: PLC0415
    from ingest.what_if import Known  # noqa: PLC0415

    knowledge = Knowledge(settings, Lines(lambda words: click.echo(words, err=True)))
    brokers = settings.sources
    zone = ZoneInfo(settings.rollup.timezone)
    sites = knowledge.places().sites
    return Known(settings.data_dir, knowledge.decoding(), knowledge.facts(), zone, brokers, sites)


def _progress(events: int) -> None:
    if on_terminal():
        click.echo(f"\r{events} events", nl=False, err=True)


def _about(one: Change, over: Change | None) -> dict[str, object]:
    return {
        "rule": one.rule,
        "scope": one.scope.key,
        "severity": one.severity.name.lower(),
        "opened": render(one.opened),
        "closed": render(over.time) if over else None,
        "value": one.value,
        "extreme": (over or one).extreme,
        "swings": (over or one).swings,
    }


def _row(one: Change, over: Change | None) -> tuple[object, ...]:
    until = render(over.time) if over else ""
    return one.rule, one.scope.key, render(one.opened), until, f"{one.value:g}", f"{(over or one).extreme:g}"
