"""`citylora rollup`: the hours and days of the sites, how they stand, and how they are made again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ingest.cli.options import config_options, emit, fail, json_option, load_settings, say
from ingest.cli.progress import bar
from ingest.cli.selection import time_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ingest.cli.boundary import Failure
    from ingest.config import Settings


@click.group()
def command() -> None:
    """Means, extremes, coverage and indices of each hour and day at each site."""


@command.command()
@config_options
@json_option
def status(*, config: Path | None, data: Path | None, as_json: bool) -> None:
    """How far hours and days are closed, and what is still to be made again.

    \b
    Example:
      citylora rollup status
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.rollup.progress import read_progress  # noqa: PLC0415

    found = read_progress(settings.data_dir)
    if found is None:
        raise _none(settings)
    if as_json:
        emit({**found._asdict(), "hours": _time(found.hours), "days": _time(found.days), "kept": _time(found.kept)})
        return
    click.echo(f"hours closed until {_time(found.hours) or 'none yet'}, days until {_time(found.days) or 'none yet'}")
    click.echo(f"{found.sites:,} sites; {found.dirty:,} hours and days of a site are to be made again")
    click.echo(f"late values count from {_time(found.kept) or 'any time'} on; {found.too_late:,} came too late")
    if found.too_late:
        click.echo("`citylora rollup rebuild` brings them in, as far as the journal goes")


@command.command()
@time_options
@click.option("--site", metavar="ID", help="Of one site.")
@config_options
@json_option
def rebuild(
    *, since: int | None, until: int | None, site: str | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Make hours and days again from the journal, and tell every sink.

    For values that came too late, for rows that were replayed, or for a sink that has lost its roll-ups. The range is
    taken in whole local days; without one it is all that the journal has. The worker may go on meanwhile. A run that is
    cut off is given again.

    \b
    Examples:
      citylora rollup rebuild --since 30d
      citylora rollup rebuild --since 2026-11-01T00:00:00+07:00 --site han-bridge
    """  # noqa: D301  (click reads the backspace)
    if since is not None and until is not None and since >= until:
        raise click.UsageError("--since is not before --until; what lies between them is made again")
    settings = load_settings(config, data)
    if not settings.rollup.enabled:
        raise fail("roll-ups are switched off", "set [rollup] enabled = true and restart the worker")
    if site:
        _check(settings, site)
    with _worker(settings) as step:
        report = _rebuild(step, {"since": since, "until": until, "site": site or ""})
    if as_json:
        emit(report)
    elif not report["made"]:
        click.echo("the journal has nothing of that range that is closed")
    else:
        click.echo(f"{report['since']} to {report['until']}: made {report['made']:,} hours and days of a site")


def _rebuild(step: Callable[[dict[str, Any]], dict[str, Any]], question: dict[str, Any]) -> dict[str, Any]:
    with bar("reading", unit="events") as show_read, bar("making", unit="hours") as show_made:
        answer = step(question)
        while answer["stage"] != "done":
            (show_read if answer["stage"] == "read" else show_made)(answer["done"], answer["total"])
            answer = step({})
    report: dict[str, Any] = answer["report"]
    made = bool(report["made"])
    return {**report, **{name: _time(report[name]) if made else None for name in ("since", "until")}}


@contextmanager
def _worker(settings: Settings) -> Iterator[Callable[[dict[str, Any]], dict[str, Any]]]:
    """How to ask for the next step: the worker that runs, else one of our own."""
    from ingest import via_worker  # noqa: PLC0415
    from ingest.data_dir import consumer_file  # noqa: PLC0415

    if via_worker.runs(settings):
        yield lambda question: via_worker.ask(settings, "rebuild", **question) or _gone()
        return
    if not consumer_file(settings.data_dir, "rollup").is_file():
        raise _none(settings)
    from ingest.finishing import finish  # noqa: PLC0415

    with via_worker.own(settings, say) as worker:
        finish(worker, say)  # only what is closed is made again
        yield worker.rebuilds.step
        finish(worker, say)


def _none(settings: Settings) -> Failure:
    enabled = settings.rollup.enabled
    return fail(
        f"there are no roll-ups in {settings.data_dir}",
        "a worker makes them: correct -c or --data, or start it once"
        if enabled
        else "set [rollup] enabled = true and start the worker",
    )


def _check(settings: Settings, site: str) -> None:
    """Refuse a site that neither the registry nor the roll-ups know."""
    from contextlib import closing  # noqa: PLC0415
    from difflib import get_close_matches  # noqa: PLC0415

    from ingest.registry import file  # noqa: PLC0415
    from ingest.rollup.reading import open_rollups  # noqa: PLC0415

    rollups = open_rollups(settings.data_dir)
    if rollups is None:
        return
    with closing(rollups):
        known = {*rollups.sites(), *file.read(settings.data_dir).sites}
    if site not in known:
        near = get_close_matches(site, known, n=1)
        raise fail(f"there is no site {site!r}", f"did you mean {near[0]}?" if near else "`citylora site list`")


def _gone() -> dict[str, Any]:
    raise fail("the worker has ended meanwhile", "give the same command again")


def _time(moment: int | None) -> str | None:
    from gateways.rfc3339 import render  # noqa: PLC0415

    return None if moment is None else render(moment)
