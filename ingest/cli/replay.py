"""`citylora replay`: history decoded anew, after a decoder was mended."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from ingest.cli.options import config_options, emit, fail, json_option, load_settings, say, table
from ingest.cli.progress import bar
from ingest.cli.selection import EVER, device_option, time_options
from ingest.errors import CityloraError, DataDirError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from ingest.config import Settings

_SHOWN = 40
"""Lines of changes that are printed; `--json` has them all."""

_AGAIN = "when that is mended, give the same command with --resume and --consumer: it goes on where it came to"

_COUNTS = ("events", "rows", "same", "written", "released", "quarantined", "remain")


@click.command()
@time_options
@device_option
@click.option("--consumer", metavar="NAME", help="Of one sink, influxdb or store; else of each in turn.")
@click.option("--dry-run", is_flag=True, help="Only compare, and say what would change.")
@click.option("--resume", is_flag=True, help="Where an earlier run was cut off, go on with that one.")
@config_options
@json_option
def command(
    *, since: int | None, until: int | None, device: str | None, consumer: str | None, dry_run: bool, resume: bool,
    config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Decode the journal's events again and bring a sink's rows to what they come to today.

    For after a decoder, a mapping, a rule, a place or devices.csv was mended. What follows from readings is worked out
    again too, from some days before the range on, since a row rests on those before it. Rows that differ are written,
    values that are no more are deleted; what is right already is left alone. The worker may go on meanwhile (restart it
    first, so that it has the mended decoder). Without a range it is all that the journal has. A run that is cut off
    goes on where it ended when the same command is given with --resume, unless decoders, mappings, rules, places or
    devices.csv have changed since. Hours and days of a site are made again by `citylora rollup rebuild`.

    \b
    Examples:
      citylora replay --since 30d --dry-run
      citylora replay --since 2026-11-01T00:00:00+07:00 --device 24e124126a148401
    """  # noqa: D301  (click reads the backspace)
    if since is not None and until is not None and since >= until:
        raise click.UsageError("--since is not before --until; what lies between them is decoded anew")
    if dry_run and resume:
        raise click.UsageError("a dry run is never cut off half done: leave --resume out")
    settings = load_settings(config, data)
    from ingest.outlets import sink_names  # noqa: PLC0415

    names = sink_names(settings)
    if consumer is not None and consumer not in names:
        raise fail(f"there is no sink {consumer!r} in this configuration", f"there are: {', '.join(names)}")
    question: dict[str, Any] = {
        "since": EVER[0] if since is None else since,
        "until": EVER[1] if until is None else until,
        "device": device or "",
        "dry": dry_run,
        "resume": resume,
    }
    done, failed = _each(settings, question, [name for name in names if consumer in (None, name)])
    if as_json and not failed:
        emit({"dry_run": dry_run, "consumers": done})
    elif not as_json:
        for name, report in done.items():
            _print(name, report, dry=dry_run)
    if settings.rollup.enabled and not dry_run:
        _say_what_rests_on_it(done.values())
    if failed:
        raise fail("\n".join(failed), _AGAIN)


def _each(
    settings: Settings, question: dict[str, Any], names: Sequence[str]
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """One sink after the other: the reports of those that could be done, and a line for each that could not."""
    done: dict[str, dict[str, Any]] = {}
    failed: list[str] = []
    with _worker(settings) as step:
        for name in names:
            try:
                done[name] = _replay(step, {**question, "consumer": name}, name)
            except CityloraError as error:
                failed.append(f"{name}: {error}{f' ({error.hint})' if error.hint else ''}")
    return done, failed


def _replay(step: Callable[[dict[str, Any]], dict[str, Any]], question: dict[str, Any], name: str) -> dict[str, Any]:
    with bar(f"{name}: looking", unit="events") as show_look, bar(f"{name}: rewriting", unit="slices") as show_work:
        answer = step(question)
        while answer["stage"] != "done":
            (show_look if answer["stage"] == "look" else show_work)(answer["done"], answer["total"])
            answer = step({})
    report: dict[str, Any] = answer["report"]
    empty = not report["events"]
    return {**report, "since": _time(report["since"], empty), "until": _time(report["until"], empty)}


def _time(moment: int, empty: bool) -> str | None:  # noqa: FBT001
    from gateways.rfc3339 import render  # noqa: PLC0415

    return None if empty else render(moment)


@contextmanager
def _worker(settings: Settings) -> Iterator[Callable[[dict[str, Any]], dict[str, Any]]]:
    """How to ask for the next step: the worker that runs, else one of our own."""
    from ingest import via_worker  # noqa: PLC0415
    from ingest.journal.writer import FILE  # noqa: PLC0415

    if via_worker.runs(settings):
        yield lambda question: via_worker.ask(settings, "rewrite", **question) or _gone()
    else:
        if not (settings.data_dir / FILE).is_file():
            raise DataDirError(f"there is no journal in {settings.data_dir}", "correct -c or --data")
        with via_worker.own(settings, say) as worker:
            yield worker.replays.step


def _gone() -> dict[str, Any]:
    raise fail("the worker has ended meanwhile", "give the same command with --resume: it goes on where it came to")


def _print(name: str, report: dict[str, Any], *, dry: bool) -> None:
    counts = ", ".join(f"{report[key]:,} {key}" for key in _COUNTS)
    if not report["events"]:
        click.echo(f"{name}: the journal has nothing of that range")
        return
    click.echo(f"{name}: {report['since']} to {report['until']}: {counts}")
    rows = [
        (one["measurement"], one["model"], one["field"], one["added"], one["changed"], one["removed"], _example(one))
        for one in report["fields"][:_SHOWN]
    ]
    if rows:
        table(("MEASUREMENT", "MODEL", "FIELD", "ADDED", "CHANGED", "REMOVED", "FOR EXAMPLE"), rows)
    if len(report["fields"]) > _SHOWN:
        click.echo(f"and {len(report['fields']) - _SHOWN} further fields: --json has all")
    if report["remain"] and not dry:
        click.echo(f"{report['remain']:,} rows keep values that are no more: this InfluxDB has no DELETE", err=True)


def _say_what_rests_on_it(reports: Iterable[dict[str, Any]]) -> None:
    """How roll-ups are brought to rows that have changed."""
    changed = [one for one in reports if one["written"] or one["fields"]]
    if changed:
        since, until = min(one["since"] for one in changed), max(one["until"] for one in changed)
        say(f"hours and days of sites follow by `citylora rollup rebuild --since {since} --until {until}`")


def _example(one: dict[str, Any]) -> str:
    example = one["examples"][0]
    return f"{example['tags'][0]} {_value(example['before'])} -> {_value(example['after'])}"


def _value(value: float | str | None) -> str:
    return "nothing" if value is None else f"{value:.6g}" if isinstance(value, float) else value
