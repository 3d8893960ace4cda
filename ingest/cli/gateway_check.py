"""`citylora gateway check`: is a gateway connected, where it should be, and does it hear anything?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from ingest.cli.check_view import EXIT_CODES, body, head, worst
from ingest.cli.misuse import bad_value
from ingest.cli.network_server import lang_option, lns_option, opened
from ingest.cli.options import config_options, duration, emit, json_option, load_settings, stop_signals
from ingest.cli.tongue import FieldCommand
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.i18n import Language
    from ingest.onboarding.check.gateway import GatewayReport

_SEPARATORS = re.compile(r"[-:\s]")
_ID = re.compile(r"[0-9a-f]{16}")


def _ids(_ctx: click.Context, _param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    ids = tuple(dict.fromkeys(_SEPARATORS.sub("", one).lower() for one in value))
    for one in ids:
        if not _ID.fullmatch(one):
            raise bad_value("gateway_id")
    return ids


@click.command(cls=FieldCommand, name="check")
@click.argument("gateways", metavar="[ID]...", nargs=-1, callback=_ids)
@click.option(
    "--timeout", callback=duration, default="60s", show_default=True, metavar="TIME", help="Listen so long at most."
)
@lns_option
@lang_option
@config_options
@json_option
def command(
    *, gateways: tuple[str, ...], timeout: int, lns: str | None, lang: Language | None,
    config: Path | None, data: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Say of gateways whether they are well: all of the tenant, or those given.

    A gateway passes that is online, hears something, has a position within the city and runs on AS923-2. Exit code 0
    where all pass, 5 where something should be looked at, 1 where one fails.

    \b
    Example:
      citylora gateway check
      citylora gateway check 24e124fffef0a1b2 --timeout 5m --lang vi
    """  # noqa: D301  (click reads the backspace)
    from ingest.onboarding.check.gateway import listen  # noqa: PLC0415

    language = lang or default_language()
    settings = load_settings(config, data)
    with stop_signals() as stop, opened(settings, lns, language) as server:
        ids = gateways or tuple(one.id for one in server.gateways())
        reports = listen(server, ids, seconds=timeout, stop=stop)
    verdict = worst(one.verdict for one in reports) if reports else "FAIL"
    if as_json:
        emit({"verdict": verdict, "gateways": [one.as_json(language) for one in reports]})
    elif reports:
        show(reports, language)
    else:
        click.echo(said("check.no_gateway").in_(language))
    return EXIT_CODES[verdict]


def show(reports: Sequence[GatewayReport], language: Language) -> None:
    """Print what came out, on stdout."""
    from ingest.onboarding.check.lines import of_remarks  # noqa: PLC0415

    for one in reports:
        evidence = one.evidence
        stage = said(
            "check.gateway_stage", frames=evidence.ear.frames, joins=evidence.joins, seconds=round(evidence.waited)
        )
        name = evidence.gateway.name if evidence.gateway else ""
        head(one.verdict, " ".join(filter(None, (evidence.id, name))), stage.in_(language))
        body(of_remarks(one.remarks), language)
