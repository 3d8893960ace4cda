"""`citylora doctor`: which promise holds, which does not, and the setting to change."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ingest.cli.boundary import FAILED
from ingest.cli.network_server import lang_option
from ingest.cli.options import config_options, duration, emit, json_option, load_settings, printable
from ingest.cli.tongue import FieldCommand
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateways.chirpstack.admin.answers import NetworkServer
    from gateways.chirpstack.admin.errors import AdminError
    from ingest.config import Settings
    from ingest.doctor.finding import Finding
    from ingest.doctor.guarantees import Guarantee
    from ingest.errors import CityloraError
    from ingest.i18n import Language, Said

LISTEN = 10
"""Seconds: devices of a city speak every few milliseconds, gateways report every 30 s."""

_SIGNS = {"ok": "ok", "warn": "warn", "fail": "fail", "unknown": "unseen"}
_COLOURS = {"ok": "green", "holds": "green", "warn": "yellow", "weak": "yellow", "fail": "red", "broken": "red"}


@click.command(cls=FieldCommand)
@click.option(
    "--listen",
    callback=duration,
    default=f"{LISTEN}s",
    show_default=True,
    metavar="TIME",
    help="How long to wait for events on the configured topics.",
)
@click.option(
    "--chirpstack",
    type=click.Path(path_type=Path, exists=True),
    metavar="PATH",
    help="ChirpStack's configuration, a file or its folder: shows QoS, sessions with gateways, SQLite.",
)
@click.option(
    "--mosquitto",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="mosquitto.conf: shows persistence.",
)
@lang_option
@config_options
@json_option
def command(
    *, listen: int, chirpstack: Path | None, mosquitto: Path | None, lang: Language | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Look at brokers, network servers, InfluxDB, disk, journal and registry as they are, and say which promise holds.

    All that `check-config --probe` tries is tried here too; what is tried at a broker is cleared again, and nothing is
    changed anywhere else. Besides: the ledger and the events of the last day, and each network server that has
    [lns.api]: profiles, gateways, devices, root keys (that there is one; none is shown). It takes up to a minute.

    What cannot be seen is "unknown", never "ok". Part of it is known where --chirpstack and --mosquitto show the files.

    Exit code 1 if something fails; warnings and unknowns leave it at 0. Exit code 3: the configuration cannot be used.

    \b
    Example:
      citylora doctor
      citylora doctor --listen 2m --chirpstack /etc/chirpstack --mosquitto /etc/mosquitto/mosquitto.conf
      citylora doctor --lang vi --json | jq '.findings[] | select(.state == "fail")'
    """  # noqa: D301  (click reads the backspace)
    language = lang or default_language()
    settings = load_settings(config, data)
    findings = _examine(settings, float(listen), chirpstack, mosquitto, _progress(as_json=as_json))
    if as_json:
        _emit(findings, language)
    else:
        _print(findings, language)
    return FAILED if any(one.state == "fail" for one in findings) else 0


def _examine(
    settings: Settings,
    listen: float,
    chirpstack: Path | None,
    mosquitto: Path | None,
    progress: Callable[[int, int, str], None],
) -> list[Finding]:
    from ingest.doctor.examine import Wanted, examine  # noqa: PLC0415  (paho and urllib3)

    servers = _servers(settings)
    try:
        return examine(settings, Wanted(listen, servers, _explain, chirpstack, mosquitto), progress)
    finally:
        for server in servers.values():
            if not isinstance(server, Exception):
                server.close()


def _servers(settings: Settings) -> Mapping[str, NetworkServer | CityloraError]:
    """How each network server is asked that may be, or why it cannot be."""
    wanted = [lns.name for lns in settings.lns if lns.api is not None]
    if not wanted:
        return {}
    from ingest.errors import CityloraError  # noqa: PLC0415
    from ingest.onboarding.server import connect  # noqa: PLC0415  (grpc)

    found: dict[str, NetworkServer | CityloraError] = {}
    for name in wanted:
        try:
            found[name] = connect(settings, name)
        except CityloraError as error:
            found[name] = error
    return found


def _explain(error: AdminError) -> Said:
    from ingest.onboarding.refusal import explain  # noqa: PLC0415

    return explain(error)


def _progress(*, as_json: bool) -> Callable[[int, int, str], None]:
    """On a terminal one line that changes, on standard error: standard output has the report alone."""

    def show(done: int, total: int, last: str) -> None:
        if sys.stderr.isatty() and not as_json:
            end = "\r\x1b[K" if done == total else ""
            click.echo(f"\r\x1b[K{done}/{total}: {last}{end}", nl=False, err=True)

    return show


def _emit(findings: Sequence[Finding], language: Language) -> None:
    from ingest.doctor.finding import title  # noqa: PLC0415
    from ingest.doctor.guarantees import judge  # noqa: PLC0415

    emit(
        {
            "ok": not any(one.state == "fail" for one in findings),
            "guarantees": [
                {
                    "guarantee": one.key,
                    "text": said(f"doctor_guarantees.{one.key}").in_(language),
                    "standing": one.standing,
                    "because": one.because,
                }
                for one in judge(findings)
            ],
            "findings": [
                {**one.told(language)._asdict(), "title": title(one.check, language)} for one in _worst_first(findings)
            ],
        }
    )


def _print(findings: Sequence[Finding], language: Language) -> None:
    from ingest.doctor.finding import STATES, title  # noqa: PLC0415
    from ingest.doctor.guarantees import judge  # noqa: PLC0415

    guarantees = judge(findings)
    width = max(len(_standing(one, language)) for one in guarantees)
    for guarantee in guarantees:
        _print_guarantee(guarantee, width, language)
    click.echo()
    signs = {state: said(f"doctor_guarantees.{_SIGNS[state]}").in_(language) for state in STATES}
    width = max(map(len, signs.values()))
    for finding in _worst_first(findings):
        told = finding.told(language)
        sign = click.style(f"{signs[told.state]:<{width}}", fg=_COLOURS.get(told.state))
        click.echo(f"{sign}  {told.subject}: {title(told.check, language)}: {printable(told.observed)}")
        if told.remedy and told.state != "ok":
            click.echo(f"{'':<{width}}  → {printable(told.remedy)}")
    counts: dict[str, Any] = {state: sum(one.state == state for one in findings) for state in STATES}
    click.echo(said("doctor_guarantees.summary", **counts).in_(language))


def _print_guarantee(guarantee: Guarantee, width: int, language: Language) -> None:
    from ingest.doctor.finding import listed, title, words  # noqa: PLC0415

    text = said(f"doctor_guarantees.{guarantee.key}").in_(language)
    sign = click.style(f"{_standing(guarantee, language):<{width}}", fg=_COLOURS.get(guarantee.standing))
    checks = [title(one, language) for one in guarantee.because]
    because = said("doctor_guarantees.because", checks=words(listed(checks), language)).in_(language)
    click.echo(f"{sign}  {text}{f' ({because})' if checks else ''}")


def _standing(guarantee: Guarantee, language: Language) -> str:
    return said(f"doctor_guarantees.{guarantee.standing}").in_(language)


def _worst_first(findings: Sequence[Finding]) -> list[Finding]:
    from ingest.doctor.finding import STATES  # noqa: PLC0415

    return sorted(findings, key=lambda one: STATES.index(one.state))
