"""`citylora alerts ack`, `close`, `silence` and `test`: what people change, over the worker that runs or at once."""

from __future__ import annotations

import getpass
import os
import time
from typing import TYPE_CHECKING, Any

import click

from gateways.rfc3339 import render
from ingest.cli.options import config_options, duration, emit, fail, json_option, load_settings, say, table
from ingest.cli.selection import dev_eui, moment_of

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.config import Settings

_SECOND = 1_000_000_000


def said(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A callback of an option: a person's words, which go to departments, as one line that steers no terminal."""
    from ingest.alerts.texts import LONGEST  # noqa: PLC0415

    if value is None:
        return None
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
    if len(line) > LONGEST:
        raise click.BadParameter(f"it has {len(line)} letters; write {LONGEST} at most, no more is told")
    return line


def _name(ctx: click.Context, param: click.Parameter, value: str) -> str:
    """Likewise, of who says so: that is never nobody."""
    name = said(ctx, param, value)
    if not name:
        raise click.BadParameter("it is empty; write a name, or leave it out")
    return name


def user() -> str:
    """Who types; a container's user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


who_option = click.option(
    "--who", metavar="NAME", default=user, callback=_name, help="Who says so. Default: this user."
)


def _euis(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """A callback: devices and gateways, as alerts have them."""
    return tuple(found for one in values if (found := dev_eui(ctx, param, one)))


def _moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    return None if value is None else moment_of(value)


@click.command()
@click.argument("alerts", nargs=-1, required=True, metavar="ALERT...")
@who_option
@config_options
@json_option
def ack(*, alerts: tuple[str, ...], who: str, config: Path | None, data: Path | None, as_json: bool) -> None:
    """Acknowledge alerts: somebody has taken them on. They go on firing, and are not escalated.

    \b
    Example:
      citylora alerts ack al_kq3rt5vw2x7y6zab --who "Nguyễn Lan"
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    answer = change(settings, {"what": "ack", "alerts": list(alerts), "who": who})
    if as_json:
        emit(answer)
        return
    for alert in alerts:
        over = "is over: there is nothing to take on" if alert in answer["over"] else "was acknowledged before"
        click.echo(f"{alert}: {'acknowledged' if alert in answer['acknowledged'] else over}")


@click.command()
@click.argument("alerts", nargs=-1, required=True, metavar="ALERT...")
@click.option(
    "--reason", required=True, metavar="WORDS", callback=said, help="Why it is over: whoever was told of it reads that."
)
@click.option(
    "--by", "--who", "who", metavar="NAME", default=user, callback=_name, help="Who says so. Default: this user."
)
@config_options
@json_option
def close(
    *, alerts: tuple[str, ...], reason: str, who: str, config: Path | None, data: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """End alerts by hand, and tell those who were told of them. What is still so when the next value comes is a new
    alert; a device or gateway that is silent is one only after it was heard again.

    \b
    Example:
      citylora alerts close al_kq3rt5vw2x7y6zab --reason "gateway đã tháo"
    """  # noqa: D205, D301  (click reads the backspace)
    if not reason:
        raise click.UsageError('say why: --reason "..."')
    settings = load_settings(config, data)
    answer = change(settings, {"what": "close", "alerts": list(alerts), "who": who, "reason": reason})
    if as_json:
        emit(answer)
        return
    for alert in alerts:
        click.echo(f"{alert}: {'closed' if alert in answer['closed'] else 'was over before'}")


@click.command()
@click.option("--site", "sites", multiple=True, metavar="ID", help="Of this site; may be given several times.")
@click.option(
    "--device", "devices", multiple=True, metavar="DEVEUI", callback=_euis, help="Of this device or gateway, likewise."
)
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Of this rule, or of a pack by pack/*, likewise.")
@click.option("--from", "since", metavar="TIME", callback=_moment, help="When the work begins. Default: now.")
@click.option("--until", metavar="TIME", callback=_moment, help="When it is over.")
@click.option("--for", "lasts", metavar="TIME", callback=duration, help="Or how long it takes: 30m, 4h, 2d.")
@click.option("--reason", default="", metavar="WORDS", callback=said, help="What is done there.")
@click.option("--end", type=int, metavar="NUMBER", help="End a window before its time.")
@click.option("--list", "listed", is_flag=True, help="List the windows that are not over.")
@who_option
@config_options
@json_option
def silence(
    *, sites: tuple[str, ...], devices: tuple[str, ...], rules: tuple[str, ...], since: int | None, until: int | None,
    lasts: int | None, reason: str, end: int | None, listed: bool, who: str, config: Path | None, data: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Keep quiet about what is being worked on: a maintenance window.

    Alerts are kept and told to nobody until the work is over; what still fires then is told.

    \b
    Example:
      citylora alerts silence --site cau-do --for 4h --reason "thay cảm biến"
      citylora alerts silence --list
      citylora alerts silence --end 3
    """  # noqa: D301  (click reads the backspace)
    if lasts is not None and until is not None:
        raise click.UsageError("say how long it takes either by --for or by --until")
    if (listed or end is not None) and (sites or devices or rules or since or until or lasts):
        raise click.UsageError("--list and --end stand alone: a new window is a command of its own")
    settings = load_settings(config, data)
    if listed:
        _list(settings, as_json=as_json)
        return
    if end is not None:
        answer = change(settings, {"what": "unmute", "id": end, "who": who})
        said = f"maintenance window {end} is over"
    else:
        began = since or time.time_ns()
        ends = until if lasts is None else began + lasts * _SECOND
        if ends is None:
            raise click.UsageError("say how long it takes: --for 4h, or --until TIME")
        _known(settings, rules)
        whose = {"sites": list(sites), "devices": list(devices), "rules": list(rules)}
        when = {"since": since, "until": ends, "reason": reason, "who": who}
        answer = change(settings, {"what": "mute", **whose, **when})
        said = f"maintenance window {answer['id']} until {render(ends)}"
        for name, meant in _unknown(settings, sites).items():
            say(f'no site is called "{name}" so far; {meant}. The window holds for one that comes')
    if as_json:
        emit(answer)
    else:
        click.echo(said)


@click.command()
@click.argument("department")
@config_options
@json_option
def test(*, department: str, config: Path | None, data: Path | None, as_json: bool) -> None:
    """Send a drill to a department, by the worker that runs: a message that says that it is none.

    `citylora outbox list` says whether it has arrived.

    \b
    Example:
      citylora alerts test thoat-nuoc
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest import via_worker  # noqa: PLC0415

    answer = via_worker.ask(settings, "alerts", what="drill", department=department)
    if answer is None:
        raise fail("no worker runs that would send it", "start `citylora run`")
    if as_json:
        emit(answer)
    else:
        click.echo(f"sent to {', '.join(answer['sent']) or 'nobody: it has no endpoint'}")


def change(settings: Settings, question: dict[str, Any]) -> dict[str, Any]:
    """Have the worker change it; where none runs it is done here.

    Raises:
        CityloraError: it cannot be done.
    """
    from ingest import via_worker  # noqa: PLC0415
    from ingest.alerting import change_offline  # noqa: PLC0415

    answer = via_worker.ask(settings, "alerts", **question)
    return change_offline(settings, question) if answer is None else answer


def _known(settings: Settings, patterns: tuple[str, ...]) -> None:
    """A window of rules that nothing is called would keep nothing quiet.

    Raises:
        CliError: one is neither of the configuration nor of what fires.
    """
    from ingest.alerts.routing import matches  # noqa: PLC0415
    from ingest.alerts.rulebook import load  # noqa: PLC0415
    from ingest.cli.alerts_list import tables_of  # noqa: PLC0415
    from ingest.config.errors import suggestion  # noqa: PLC0415
    from ingest.errors import ConfigError  # noqa: PLC0415

    if not patterns:
        return
    try:
        there = {rule.id for rule in load(settings.alerts).rules}
    except ConfigError:
        return  # the worker goes on by what it has read, and there may be no time to mend it
    with tables_of(settings) as tables:
        there |= {one.last.rule for one in tables.alerts(firing=True)}
    for name in patterns:
        if not any(matches(rule, (name,)) for rule in there):
            raise fail(f'no rule is called "{name}"', suggestion(name, sorted(there)) if there else "there is none")


def _unknown(settings: Settings, names: tuple[str, ...]) -> dict[str, str]:
    """Sites that are neither in the registry nor in devices.csv nor in any hour, and what was probably meant.

    A network server's tags may bring a site at any time, so none can be refused.
    """
    from contextlib import closing  # noqa: PLC0415

    from ingest.config.errors import suggestion  # noqa: PLC0415
    from ingest.device_sheet import read as read_sheet  # noqa: PLC0415
    from ingest.registry.file import read  # noqa: PLC0415
    from ingest.rollup.reading import open_rollups  # noqa: PLC0415

    there = set(read(settings.data_dir).sites)
    if settings.devices.file:
        there |= {one.site for one in read_sheet(settings.devices.file).devices if one.site}
    rollups = open_rollups(settings.data_dir)
    if rollups is not None:
        with closing(rollups):
            there |= set(rollups.sites())
    known = sorted(there)
    return {name: suggestion(name, known) if known else "none is known" for name in names if name not in there}


def _list(settings: Settings, *, as_json: bool) -> None:
    from contextlib import closing  # noqa: PLC0415

    from ingest.alerts.muting import windows  # noqa: PLC0415
    from ingest.cli.alerts_list import database  # noqa: PLC0415

    with closing(database(settings)) as db:
        found = windows(db, time.time_ns())
    if as_json:
        emit(
            [
                {
                    "id": one.id, "sites": sorted(one.sites), "devices": sorted(one.devices),
                    "rules": sorted(one.rules), "since": render(one.since), "until": render(one.end),
                    "reason": one.reason, "author": one.author,
                }
                for one in found
            ]
        )  # fmt: skip
    elif found:
        rows = [
            (one.id, ", ".join([*sorted(one.sites), *sorted(one.devices), *sorted(one.rules)]), render(one.since),
             render(one.end), one.author, one.reason)
            for one in found
        ]  # fmt: skip
        table(("NUMBER", "OF", "FROM", "UNTIL", "WHO", "REASON"), rows)
    else:
        click.echo("no maintenance window")
