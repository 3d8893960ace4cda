"""`citylora quality`: how far values can be believed, and which of them an operator declares invalid."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from ingest.cli.options import config_options, emit, fail, json_option, load_settings, say
from ingest.cli.places import DATED, dated, edit, known_quantity, rendered
from ingest.cli.quality_text import as_json as survey_as_json
from ingest.cli.quality_text import invalid_as_json, print_invalid, print_survey, said_of
from ingest.cli.selection import EVER, moment_of

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.cli.places import Done
    from ingest.config import Settings
    from ingest.registry.invalid import Invalid
    from ingest.registry.site import Registry

WEEK = "7d"


@click.group()
def command() -> None:
    """How far values can be believed, by site; and values that are declared invalid, with who says so and why.

    A value that came while a sensor was soiled, tried or broken is right by every rule, and still says nothing. Who
    knows it declares it invalid: means, indices and reports leave it out from then on. The stored rows stay as they
    are, and every declaration can be taken back.

    \b
    Example:
      citylora quality report --since 7d
      citylora quality invalidate --site cau-cam-le --since 2026-11-20T08:00:00+07:00 \\
          --until 2026-11-20T11:30:00+07:00 --reason "sensor taken down for cleaning"
    """  # noqa: D301  (click reads the backspace)


@command.command()
@click.option("--since", metavar="TIME", callback=dated, help=f"Since when: {DATED}. Default: {WEEK}.")
@click.option("--until", metavar="TIME", callback=dated, help="Until when, likewise. Default: now.")
@click.option("--site", metavar="ID", help="Of one site.")
@click.option("--ward", metavar="WARD", help="In one ward or commune.")
@config_options
@json_option
def report(
    *, since: int | None, until: int | None, site: str | None, ward: str | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Show for each site what came, what of it is good, doubtful or invalid, and how much of the time it covers.

    The worst site comes first: the one of which the least can be used, coverage times good values. Below stands what is
    doubtful by quantity and cause, and what to do about it. It is of whole hours, as far as they are closed; a table
    shows the worst twenty, --json all of them.

    \b
    Example:
      citylora quality report --since 7d --ward "Cẩm Lệ"
      citylora quality report --site cau-cam-le --since 2026-11-01 --until 2026-11-15
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.registry import file, wards  # noqa: PLC0415  (after the configuration is known to be good)
    from ingest.rollup.reading import open_rollups  # noqa: PLC0415
    from ingest.rollup.survey import Asked, survey  # noqa: PLC0415

    since = moment_of(WEEK) if since is None else since
    until = time.time_ns() if until is None else until
    if since >= until:
        raise fail("--until is not after --since", "give an end after the beginning")
    registry = file.read(settings.data_dir)
    rollups = open_rollups(settings.data_dir)
    if rollups is None:
        raise fail(
            "there are no roll-ups yet: nothing says how good the values are",
            "a worker makes them ([rollup] enabled = true), the first one when an hour is over",
        )
    try:
        if site is not None:
            _check_site(site, {*registry.sites, *rollups.sites()})
        found = survey(rollups, registry, Asked(since, until, site or "", wards.find(ward).name if ward else ""))
    finally:
        rollups.close()
    if as_json:
        emit(survey_as_json(found))
    elif found.sites:
        print_survey(found)
    else:
        say("no site has values in that time")


@command.command()
@click.option("--site", required=True, metavar="ID", help="Whose values.")
@click.option("--quantity", metavar="QUANTITY", help="Of one quantity. Default: all of them.")
@click.option("--since", required=True, metavar="TIME", callback=dated, help=f"Since when: ever, {DATED}.")
@click.option("--until", metavar="TIME", callback=dated, help="Until when, likewise. Default: until it is restored.")
@click.option("--reason", required=True, metavar="TEXT", help="Why; it stands in every list.")
@click.option("--by", metavar="NAME", help="Who says so. Default: the user of this machine.")
@config_options
@json_option
def invalidate(
    *, site: str, quantity: str | None, since: int, until: int | None, reason: str, by: str | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Declare values of a site invalid: from then on no mean, index or report counts them.

    What is derived from an invalid value does not count either: of --quantity distance neither does the level. Stored
    rows stay as they are. A running worker makes the hours and days that it concerns anew within seconds.
    Without --until it goes on until `citylora quality restore ID --from TIME` ends it.

    \b
    Example:
      citylora quality invalidate --site cau-cam-le --quantity distance --since 2026-11-20T08:00:00+07:00 \\
          --until 2026-11-20T11:30:00+07:00 --reason "drift wood below the sensor" --by "Trần Thị Lan"
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.devices import clean  # noqa: PLC0415
    from ingest.registry import file, invalid  # noqa: PLC0415

    if quantity is not None:
        known_quantity(quantity)
    now = time.time_ns()
    wanted = invalid.Invalid(
        id=0, site=site, quantity=quantity or "", since=since, until=EVER[1] if until is None else until,
        reason=clean(reason), by=clean(by or "") or file.user(), at=now,
    )  # fmt: skip

    def change(registry: Registry) -> Registry:
        _check_site(site, _sites(settings, registry))
        return invalid.declared(registry, wanted)

    done = edit(settings, "quality invalidate", change)
    made = invalid.read(done.changes[0].after)
    others = [one for one in file.read(settings.data_dir).invalid if one.id != made.id and one.overlaps(made)]
    return _print_done(settings, made, done, others, as_json=as_json)


@command.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--from", "since", metavar="TIME", callback=dated, help=f"Values count again since then: {DATED}. Default: all of them.")  # fmt: skip  # noqa: E501
@click.option("--reason", required=True, metavar="TEXT", help="Why.")
@click.option("--by", metavar="NAME", help="Who says so. Default: the user of this machine.")
@config_options
@json_option
def restore(
    *, number: int, since: int | None, reason: str, by: str | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Have values count again that were declared invalid under the number ID: all of them, or from a time on.

    The declaration stays in the list, with who took it back, when and why.

    \b
    Example:
      citylora quality restore 3 --reason "the sensor was right: the road was flooded"
      citylora quality restore 4 --from 2026-11-22T09:00:00+07:00 --reason "sensor replaced"
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.devices import clean  # noqa: PLC0415
    from ingest.registry import file, invalid  # noqa: PLC0415

    why = invalid.Restored(
        by=clean(by or "") or file.user(), reason=clean(reason), at=time.time_ns(),
        since=EVER[0] if since is None else since,
    )  # fmt: skip
    done = edit(settings, "quality restore", lambda registry: invalid.restored(registry, number, why))
    return _print_done(settings, invalid.read(done.changes[0].after), done, [], as_json=as_json)


@command.command(name="list")
@click.option("--site", metavar="ID", help="Of one site.")
@click.option("--all", "everything", is_flag=True, help="Also what was restored.")
@config_options
@json_option
def list_(*, site: str | None, everything: bool, config: Path | None, data: Path | None, as_json: bool) -> None:
    """List what was declared invalid, the newest first; --json and --all have what was restored, too.

    \b
    Example:
      citylora quality list --site cau-cam-le --all
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.registry import file  # noqa: PLC0415

    registry = file.read(settings.data_dir)
    if site is not None:
        _check_site(site, _sites(settings, registry))
    found = [
        one for one in reversed(registry.invalid)
        if site in (None, one.site) and (everything or as_json or one.counts)
    ]  # fmt: skip
    if as_json:
        emit([invalid_as_json(one) for one in found])
    elif found:
        print_invalid(found)
    else:
        say("nothing is declared invalid; `citylora quality invalidate` does it")


def _sites(settings: Settings, registry: Registry) -> set[str]:
    """Every site that there are values of, or may be: one that only a tag names is in the roll-ups alone."""
    from ingest.rollup.reading import open_rollups  # noqa: PLC0415

    rollups = open_rollups(settings.data_dir)
    if rollups is None:
        return {*registry.sites}
    try:
        return {*registry.sites, *rollups.sites()}
    finally:
        rollups.close()


def _check_site(site: str, known: set[str]) -> None:
    from difflib import get_close_matches  # noqa: PLC0415

    if site not in known:
        near = ", ".join(get_close_matches(site, known, n=3))
        raise fail(
            f"there is no site {site!r}, and no value of one",
            f"did you mean {near}?" if near else "`citylora site list` has them",
        )


def _print_done(settings: Settings, one: Invalid, done: Done, others: list[Invalid], *, as_json: bool) -> int:
    """Say what holds now, and what has to follow."""
    if as_json:
        said = {"worker": done.worker, "overlaps": [other.id for other in others]}
        emit({**invalid_as_json(one), **said})
        return done.code
    click.echo(said_of(one))
    for other in others:
        say(f"it overlaps with {said_of(other)}; both hold")
    if done.worker == "read":
        say("the worker makes the hours and days anew that it concerns")
    elif done.worker == "none":
        say("no worker runs: it counts as soon as one does")
    _hint_rebuild(settings, one)
    return done.code


def _hint_rebuild(settings: Settings, one: Invalid) -> None:
    """Of old hours the single values are there no more: say how they are made anew."""
    from ingest.rollup.progress import read_progress  # noqa: PLC0415

    found = read_progress(settings.data_dir)
    if found is None or found.kept is None or one.since >= found.kept:
        return
    options = f" --site {one.site}" + (f" --since {rendered(one.since)}" if one.since != EVER[0] else "")
    until = rendered(min(one.until, found.kept))
    say(f"hours of before {rendered(found.kept)} need: citylora rollup rebuild{options} --until {until}")
