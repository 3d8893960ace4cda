"""`citylora device check`: is a device well, and if not, why?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ingest.cli.check_view import EXIT_CODES, live, show, worst
from ingest.cli.misuse import bad_value
from ingest.cli.network_server import lang_option, lns_option, opened
from ingest.cli.options import config_options, duration, emit, json_option, load_settings, say, stop_signals
from ingest.cli.selection import dev_eui, since_option
from ingest.cli.tongue import FieldCommand
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ingest.config import Settings
    from ingest.i18n import Language
    from ingest.onboarding.check.memory import Kept
    from ingest.onboarding.check.payload import Reader
    from ingest.onboarding.check.verdict import Report


MOST = 50
"""Devices of one check: each takes a stream of the server and a thread."""


def _several(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """Each once, in the order given."""
    several = tuple(dict.fromkeys(dev_eui(ctx, param, one) or "" for one in value))
    if len(several) > MOST:
        raise bad_value("too_many", count=len(several), most=MOST)
    return several


@click.command(cls=FieldCommand, name="check")
@click.argument("devices", metavar="DEVEUI...", nargs=-1, required=True, callback=_several)
@click.option("--uplinks", type=click.IntRange(1, 1000), default=1, show_default=True, help="Wait for so many.")
@click.option(
    "--timeout", callback=duration, metavar="TIME",
    help="How long at most: 90s, 10m. Default: 1.5 times the interval of the device's profile for each uplink, from 2"
    " min to 2 h.",
)  # fmt: skip
@since_option("Count what the server remembers since then, too. Default: from now on.")
@click.option("--resume", is_flag=True, help="Go on where a check ended as INCOMPLETE.")
@click.option(
    "--flush-nonces",
    is_flag=True,
    help="First let the server accept used DevNonces again: the device was flashed anew.",
)
@click.option("--model", default="", metavar="MODEL", help="Decode as this model. Default: as a worker would.")
@lns_option
@lang_option
@config_options
@json_option
def command(
    *, devices: tuple[str, ...], uplinks: int, timeout: int | None, since: int | None, resume: bool,
    flush_nonces: bool, model: str, lns: str | None, lang: Language | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Listen to devices live, and say whether each is well.

    \b
    PASS        as many uplinks as asked for, and nothing to mend     exit code 0
    WARN        as many, and something to look at                     exit code 5
    INCOMPLETE  not all heard yet; --resume goes on                   exit code 6
    FAIL        it does not work, and this is why                     exit code 1

    Of several devices the worst counts, in this order. A device that is new sends at once when it is restarted.

    It is read from the network server's streams: what the server says of a join (a wrong key, a used nonce), and the
    frames of the gateways, which show the join requests that the server drops without a word (unknown, disabled, no
    key, another region). The server shows some ten frames a second of a gateway; where there were more it is said.

    \b
    Example:
      citylora device check a81758fffe0312ab
      citylora device check a81758fffe0312ab a81758fffe0499c0 --uplinks 3 --timeout 30m --lang vi
      citylora device check a81758fffe0312ab --flush-nonces
      citylora device check a81758fffe0312ab --resume --json | jq -r .verdict
    """  # noqa: D301  (click reads the backspace)
    language = lang or default_language()
    settings = load_settings(config, data)
    asked = Asked(devices, uplinks, timeout, since, model, resume, flush_nonces, as_json)
    reports = watched(settings, lns, language, asked)
    verdict = worst(one.verdict for one in reports)
    if as_json:
        emit(as_json_of(reports, language))
    else:
        show(reports, language)
    return EXIT_CODES[verdict]


def as_json_of(reports: Sequence[Report], language: Language) -> dict[str, Any]:
    """What `--json` has of a check."""
    verdict = worst(one.verdict for one in reports)
    return {"verdict": verdict, "devices": [one.as_json(language) for one in reports]}


class Asked(NamedTuple):
    """The options, as `command` has them."""

    devices: tuple[str, ...]
    uplinks: int = 1
    timeout: int | None = None
    since: int | None = None
    model: str = ""
    resume: bool = False
    flush: bool = False
    silent: bool = False


def watched(settings: Settings, lns: str | None, language: Language, asked: Asked) -> list[Report]:
    """Watch, and keep what was not finished."""
    from ingest.onboarding.check.evidence import target  # noqa: PLC0415
    from ingest.onboarding.check.run import watch  # noqa: PLC0415
    from ingest.registry.directory import load  # noqa: PLC0415

    places = load(settings)
    before = _before(settings, asked.devices, language) if asked.resume else {}
    targets = [target(one, places.registry, asked.model) for one in asked.devices]
    with stop_signals() as stop, opened(settings, lns, language) as server:
        for one in asked.devices if asked.flush else ():
            server.flush_dev_nonces(one)
        if not asked.silent:
            say(said("check.waiting").in_(language))
        with live(language, silent=asked.silent) as changed:
            reports = watch(
                server, targets, uplinks=asked.uplinks, timeout=asked.timeout, since=asked.since, stop=stop,
                changed=changed, reader=reader_of(settings), before=before,
            )  # fmt: skip
    _keep(settings, reports, language)
    return reports


def reader_of(settings: Settings) -> Reader:
    """Reads payloads as a worker of this configuration would."""
    from decoders import catalog  # noqa: PLC0415
    from ingest.decoding.object_maps import ObjectMaps  # noqa: PLC0415
    from ingest.onboarding.check.payload import Reader  # noqa: PLC0415
    from ingest.registry.directory import load  # noqa: PLC0415

    if settings.decoders.folder is not None:
        catalog.use(catalog.look(settings.decoders.folder))
    return Reader(load(settings).directory, ObjectMaps(settings.decoders.object))


def _before(settings: Settings, devices: Sequence[str], language: Language) -> Mapping[str, Kept]:
    from ingest.onboarding.check import memory  # noqa: PLC0415

    found: dict[str, Kept] = {}
    for one in devices:
        kept = memory.load(settings.data_dir, one)
        if kept is None:
            say(said("check.nothing_to_resume", dev_eui=one).in_(language))
            continue
        say(said("check.resumed", dev_eui=one, heard=len(kept.uplinks)).in_(language))
        found[one] = kept
    return found


def _keep(settings: Settings, reports: Sequence[Report], language: Language) -> None:
    """For `--resume`: what ended without a verdict; the rest is forgotten."""
    from ingest.onboarding.check import memory  # noqa: PLC0415

    for one in reports:
        try:
            if one.verdict == "INCOMPLETE":
                memory.save(settings.data_dir, one.evidence)
            else:
                memory.forget(settings.data_dir, one.dev_eui)
        except OSError as error:
            say(said("check.not_kept", why=error.strerror or str(error)).in_(language))
