"""`citylora device sync`: what waited for the network server is sent, in order, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ingest.cli.boundary import FAILED
from ingest.cli.network_server import lang_option, opened
from ingest.cli.options import config_options, emit, json_option, load_settings, printable, say, table
from ingest.cli.selection import dev_eui
from ingest.cli.tongue import FieldCommand
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.config import Settings
    from ingest.i18n import Language
    from ingest.onboarding.carrying_out import Outcome
    from ingest.onboarding.queue import Entry, Queue

_COLUMNS = ("dev_eui", "name", "model", "site")


@click.command(cls=FieldCommand, name="sync")
@click.option("--list", "only_list", is_flag=True, help="Only show what waits.")
@click.option("--drop", metavar="DEVEUI", callback=dev_eui, help="Forget one that waits.")
@lang_option
@config_options
@json_option
def command(
    *, only_list: bool, drop: str | None, lang: Language | None, config: Path | None, data: Path | None, as_json: bool
) -> int:
    """Send what `device add --queue` kept while the network server could not be reached.

    A device that the server refuses stays, with the reason; the others go on. Where the server cannot be reached, all
    that is left stays in its order.

    \b
    Example:
      citylora device sync
      citylora device sync --list
      citylora device sync --drop 24e124136b000017
    """  # noqa: D301  (click reads the backspace)
    language = lang or default_language()
    settings = load_settings(config, data)
    from ingest.onboarding import queue  # noqa: PLC0415

    with queue.held(settings.data_dir) as waiting:
        for entry in waiting.entries if drop else ():
            if entry.wanted.dev_eui == drop:
                waiting.done(entry)
        if only_list or drop:
            _list(waiting, None if as_json else language)
            return 0
        outcomes = _send(settings, waiting, language, silent=as_json)
        if as_json:
            emit({"devices": [one.as_json(language) for one in outcomes], "waiting": len(waiting.entries)})
        elif not outcomes:
            say(said("plan.queue_empty").in_(language))
        return FAILED if waiting.entries else 0


def _list(waiting: Queue, language: Language | None) -> None:
    """For a person in the language; None is a script."""
    rows = [(one.wanted.dev_eui, one.wanted.name, one.wanted.model, one.wanted.site) for one in waiting.entries]
    if language is None:
        emit({"devices": [dict(zip(_COLUMNS, row, strict=True)) for row in rows]})
    else:
        table([said(f"columns.{name}").in_(language) for name in _COLUMNS], rows)


def _send(settings: Settings, waiting: Queue, language: Language, *, silent: bool) -> list[Outcome]:
    from ingest.cli import making  # noqa: PLC0415
    from ingest.onboarding import carrying_out  # noqa: PLC0415

    outcomes: list[Outcome] = []
    for entry in waiting.entries:
        outcome = _sent(settings, entry, language)
        outcomes.append(outcome)
        if not silent:
            making.show(outcome, language)
        if outcome.passing:
            break
        if outcome.status in carrying_out.DONE:
            waiting.done(entry)
    if outcomes and not silent:
        left = len(waiting.entries)
        say(
            printable(
                said("plan.counts", done=sum(one.status in carrying_out.DONE for one in outcomes), left=left).in_(
                    language
                )
            )
        )
    return outcomes


def _sent(settings: Settings, entry: Entry, language: Language) -> Outcome:
    from gateways.chirpstack.admin.errors import AdminError  # noqa: PLC0415
    from ingest.cli import making  # noqa: PLC0415
    from ingest.onboarding import carrying_out  # noqa: PLC0415

    with opened(settings, entry.lns, language) as server:
        try:
            common = carrying_out.lists(server)
            work = making.planned(settings, server, common, entry.wanted, since=entry.at, update=entry.update)
            return making.make(settings, server, work, "device sync")
        except AdminError as error:
            return carrying_out.failed(entry.wanted.dev_eui, error)
