"""`citylora device add`: a device from the hand, at the network server and in the registry."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import click

from ingest.cli import device_check
from ingest.cli.boundary import FAILED
from ingest.cli.check_view import EXIT_CODES, show, worst
from ingest.cli.misuse import misuse
from ingest.cli.network_server import lang_option, lns_option, opened
from ingest.cli.options import config_options, duration, emit, json_option, load_settings, say
from ingest.cli.places import soon
from ingest.cli.tongue import FieldCommand
from ingest.errors import CityloraError
from ingest.i18n import Said, default_language, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateways.chirpstack.admin.answers import NetworkServer
    from ingest.config import Settings
    from ingest.i18n import Language
    from ingest.onboarding.carrying_out import Lists, Outcome
    from ingest.onboarding.planning import Plan
    from ingest.onboarding.wanted import Wanted

_Done: TypeAlias = "list[tuple[Outcome, Plan | None]]"

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)


def described(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what a device is to be."""
    for option in reversed((
        click.option("--join-eui", metavar="EUI", help="JoinEUI (AppEUI)."),
        click.option("--model", default="", metavar="MODEL", help="As `citylora models` lists it."),
        click.option("--profile", default="", metavar="NAME", help="Device profile. Default: that of the model."),
        click.option("--application", default="", metavar="NAME", help="Name or id. Default: the only one."),
        click.option("--name", default="", metavar="TEXT", help="What people call it. Default: its DevEUI."),
        click.option("--site", default="", metavar="ID", help="Where it hangs; a new site is made."),
        click.option("--ward", default="", metavar="WARD", help="Of the site: code or name."),
        click.option("--lat", type=float, metavar="NUMBER", help="Position of the site, degrees north (WGS 84)."),
        click.option("--lon", type=float, metavar="NUMBER", help="Degrees east."),
        click.option("--height", type=float, metavar="NUMBER", help="Of the reference point above the datum, in m."),
        click.option("--datum", default="", metavar="DATUM", help="national, station or ground."),
    )):  # fmt: skip
        command = option(command)
    return command


def keyed(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say where its keys are; none takes a key: others would see it in the list of processes."""
    for option in reversed((
        click.option("--app-key-file", type=_FILE, metavar="FILE", help="Holds the AppKey and nothing else."),
        click.option("--nwk-key-file", type=_FILE, metavar="FILE", help="Likewise the NwkKey of LoRaWAN 1.1."),
        click.option("--ask-key", is_flag=True, help="Ask for the AppKey, unseen."),
        click.option("--keys-from", type=_FILE, metavar="SHEET", help="The maker's sheet; looked up by DevEUI."),
    )):  # fmt: skip
        command = option(command)
    return command


@click.command(cls=FieldCommand, name="add")
@click.option("--qr", metavar="TEXT", help="What the code on the label says.")
@click.option("--scan", is_flag=True, help="Take codes from a scanner, a line each, until the end of the input.")
@click.option("--dev-eui", metavar="DEVEUI", help="Without a code.")
@described
@keyed
@click.option("--update", is_flag=True, help="Change what differs from what is wanted.")
@click.option("--queue", is_flag=True, help="Where the server cannot be reached, keep it for `device sync`.")
@click.option("--dry-run", is_flag=True, help="Only show what would be made.")
@click.option("--wait/--no-wait", default=None, help="Then listen to it as `device check`. Default: with one device.")
@click.option("--timeout", callback=duration, metavar="TIME", help="How long to listen at most, as of `device check`.")
@lns_option
@lang_option
@config_options
@json_option
def command(
    *, qr: str | None, scan: bool, dev_eui: str | None, update: bool, queue: bool, dry_run: bool, wait: bool | None,
    timeout: int | None, lns: str | None, lang: Language | None, config: Path | None, data: Path | None,
    as_json: bool, **given: Any,
) -> int:  # fmt: skip
    """Make a device at the network server and in the registry, then listen until there is a verdict.

    A second run finds all as it should be. What is missing is completed; what differs is told, and changed with
    --update. Of a device that is made and gets no keys nothing stays. Exit code 1 where one could not be made, else
    that of `device check`; --json has its verdict under "check", which is null where nothing was listened to.

    \b
    Example:
      citylora device add --qr "$(cat label.txt)" --model "Milesight EM500-UDL" --keys-from maker.csv --site cau-cam-le
      citylora device add --dev-eui 24e124136b000017 --model EM500-UDL --ask-key --dry-run
      citylora device add --dev-eui 24e124136b000017 --keys-from maker.csv --timeout 10m --json | jq -r .check.verdict
      citylora device add --scan --keys-from maker.xlsx --application Drainage --queue
    """  # noqa: D301  (click reads the backspace)
    if (qr is not None) + scan + (dev_eui is not None) != 1:
        raise misuse("which_device")
    if scan and (given["name"] or given["ask_key"] or given["app_key_file"] or given["nwk_key_file"]):
        raise misuse("scan_many")
    language = lang or default_language()
    settings = load_settings(config, data)
    asked = _Asked(settings, language, lns, update, queue, dry_run, as_json)
    labels = (line for line in sys.stdin if line.strip()) if scan else iter([qr if qr is not None else dev_eui or ""])
    done = list(_each(labels, given, asked, plain=dev_eui is not None))
    if not done:
        say(said("plan.scan_empty").in_(language))
    good = bool(done) and all(outcome.status in (*_good(), "queued") for outcome, _ in done)
    made = tuple(outcome.dev_eui for outcome, _ in done if outcome.status != "queued")
    waits = good and bool(made) and not dry_run and (not scan if wait is None else wait)
    listen = device_check.Asked(made, timeout=timeout, model=given["model"], silent=as_json) if waits else None
    if as_json:
        return _as_json(done, listen, asked, 0 if good else FAILED)
    if listen:
        return _heard(listen, asked)
    return 0 if good else FAILED


class _Asked(NamedTuple):
    settings: Settings
    language: Language
    lns: str | None
    update: bool
    queue: bool
    dry: bool
    silent: bool


def _good() -> tuple[str, ...]:
    from ingest.onboarding.carrying_out import DONE  # noqa: PLC0415

    return DONE


def _each(
    labels: Iterator[str], given: dict[str, Any], asked: _Asked, *, plain: bool
) -> Iterator[tuple[Outcome, Plan | None]]:
    """One device after another, each said when it is done."""
    from ingest.cli import making  # noqa: PLC0415
    from ingest.cli.wishes import Wishes  # noqa: PLC0415
    from ingest.onboarding.carrying_out import Outcome  # noqa: PLC0415

    find = Wishes(given, asked.language)
    with opened(asked.settings, asked.lns, asked.language) as server:
        lists = _Lists(server)
        for label in labels:
            wanted = find.wanted(label, plain=plain)
            if isinstance(wanted, Said):
                found: tuple[Outcome, Plan | None] = (Outcome("", "blocked", (wanted,)), None)
            else:
                found = _one(wanted, server, lists, asked)
            if not asked.silent:
                making.show(found[0], asked.language, dry=asked.dry)
            yield found


class _Lists:
    """Applications and profiles, asked for once, when they are needed."""

    def __init__(self, server: NetworkServer) -> None:
        self._server = server
        self._found: Lists | None = None

    def get(self) -> Lists:
        from ingest.onboarding.carrying_out import lists  # noqa: PLC0415

        self._found = self._found or lists(self._server)
        return self._found


def _one(wanted: Wanted, server: NetworkServer, lists: _Lists, asked: _Asked) -> tuple[Outcome, Plan | None]:
    """Plan, show, do; or keep it, where the server cannot be reached and that is wanted."""
    from gateways.chirpstack.admin.errors import AdminError  # noqa: PLC0415
    from ingest.cli import making  # noqa: PLC0415
    from ingest.onboarding import carrying_out  # noqa: PLC0415

    since = soon()
    try:
        work = making.planned(asked.settings, server, lists.get(), wanted, since=since, update=asked.update)
    except AdminError as error:
        outcome = carrying_out.failed(wanted.dev_eui, error)
        return _queued(wanted, outcome, since, asked), None
    if not asked.silent:
        making.show_plan(work, asked.language)
    if asked.dry:
        return carrying_out.foretold(work), work
    outcome = making.make(asked.settings, server, work, "device add")
    return _queued(wanted, outcome, since, asked), work


def _queued(wanted: Wanted, outcome: Outcome, since: int, asked: _Asked) -> Outcome:
    if not outcome.passing or not asked.queue or asked.dry:
        return outcome
    from ingest.onboarding import queue  # noqa: PLC0415
    from ingest.onboarding.placing import placed  # noqa: PLC0415
    from ingest.registry import file  # noqa: PLC0415

    here = placed(wanted, file.read(asked.settings.data_dir), since=since, update=asked.update)
    if here.blocked:  # what the registry refuses is known without a server: nothing gets better by waiting
        return outcome._replace(status="blocked", said=here.blocked)
    with queue.held(asked.settings.data_dir) as waiting:
        waiting.add(queue.Entry(at=since, wanted=wanted, lns=asked.lns, update=asked.update))
    return outcome._replace(status="queued", said=(said("plan.queued"),))


def _heard(listen: device_check.Asked, asked: _Asked) -> int:
    """Listen as `device check` does; its exit code."""
    reports = device_check.watched(asked.settings, asked.lns, asked.language, listen)
    show(reports, asked.language)
    return EXIT_CODES[worst(one.verdict for one in reports)]


def _as_json(done: _Done, listen: device_check.Asked | None, asked: _Asked, code: int) -> int:
    """One value, once there is a verdict; what was made is said also where nobody can listen."""
    from ingest.cli.making import as_json  # noqa: PLC0415

    check: dict[str, Any] | None = None
    if listen:
        try:
            reports = device_check.watched(asked.settings, asked.lns, asked.language, listen)
        except CityloraError as error:
            check, code = (
                {"verdict": "INCOMPLETE", "devices": [], "error": error.in_(asked.language)[0]},
                EXIT_CODES["INCOMPLETE"],
            )
        else:
            check = device_check.as_json_of(reports, asked.language)
            code = EXIT_CODES[check["verdict"]]
    devices = [as_json(outcome, work, asked.language) for outcome, work in done]
    emit({"dry_run": asked.dry, "devices": devices, "check": check})
    return code
