"""Taking a device away: who may be asked, the questions, and deleting it at the network server with its keys."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ingest.cli.misuse import misuse
from ingest.cli.network_server import opened
from ingest.cli.options import fail, printable
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from ingest.config import Settings
    from ingest.i18n import Language


def askable(*, yes: bool, as_json: bool) -> None:
    """Refuse before anything is done, where nobody could answer.

    Raises:
        UsageError: there is no terminal, or JSON is to be alone on it.
    """
    if not yes and (as_json or not sys.stdin.isatty()):
        raise misuse("json_cannot_ask" if as_json else "cannot_ask")


def ask_leave(device: str, lang: Language | None) -> None:
    """Whether it shall be at no site any more.

    Raises:
        Abort: whoever was asked said no.
    """
    click.confirm(said("plan.ask_leave", dev_eui=device).in_(lang or default_language()), abort=True, err=True)


def delete(settings: Settings, device: str, *, lns: str | None, lang: Language | None, yes: bool) -> None:
    """Ask, and delete it.

    Raises:
        Failure: the server does not have it, or refuses.
        Abort: whoever was asked said no.
    """
    language = lang or default_language()
    with opened(settings, lns, language) as server:
        found = server.device(device)
        if found is None:
            raise fail(said("plan.no_device", dev_eui=device).in_(language))
        if not yes:
            question = said("plan.ask_delete", dev_eui=device, name=printable(found.name)).in_(language)
            click.confirm(question, abort=True, err=True)
        server.delete_device(device)


def is_placed(settings: Settings, device: str, at: int) -> bool:
    """Whether the registry has it at a site then: of one that it has nowhere there is nothing to end."""
    from ingest.registry import file  # noqa: PLC0415

    return any(one.since <= at < one.until for one in file.read(settings.data_dir).placements.get(device, ()))
