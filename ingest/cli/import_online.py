"""The part of `citylora device import` that makes devices: bar, result file, and what is said at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ingest.cli.making import editor, status
from ingest.cli.network_server import opened
from ingest.cli.options import emit, printable, say, stop_signals, table
from ingest.cli.places import soon
from ingest.cli.progress import bar
from ingest.i18n import said
from ingest.onboarding import carrying_out, importing
from ingest.onboarding.server import choose
from ingest.onboarding.sheets import result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from gateways.chirpstack.admin.answers import NetworkServer
    from ingest.config import Settings
    from ingest.i18n import Language
    from ingest.onboarding.carrying_out import Outcome
    from ingest.onboarding.sheets import Sheet
    from ingest.registry.site import Registry


def options(**given: Any) -> importing.Options:
    """For all rows: from the options of the command."""
    return importing.Options(since=soon(), **given)


def make(
    settings: Settings, lns: str | None, file: Path, sheet: Sheet, asked: importing.Options, *,
    language: Language, as_json: bool, dry_run: bool,
) -> bool:  # fmt: skip
    """Make the devices of a sheet, or say what would be made; True where all rows are well."""
    with opened(settings, lns, language) as server:
        if dry_run:
            outcomes = _foretold(settings, server, sheet, asked)
        else:
            notes = importing.Notes(file, choose(settings, lns).name)
            outcomes = _made(settings, server, sheet, asked, notes)
            written = result.beside(file)
            result.write(written, result.content(sheet.rows, _words(outcomes, language), language))
            say(printable(said("plan.result_file", path=str(written)).in_(language)))
    if as_json:
        emit(as_value(sheet, outcomes, language))
    else:
        _show(outcomes, language, dry=dry_run)
    rows = all(row.status in ("ok", "warn", "skipped") for row in sheet.rows)
    return rows and all(one.status in carrying_out.DONE for one in outcomes.values())


def as_value(sheet: Sheet, outcomes: Mapping[int, Outcome], language: Language) -> dict[str, object]:
    """The value of `--json`: as of a sheet alone, and each row with what became of it."""
    rows = []
    for row in sheet.rows:
        value = row.as_json(language)
        if outcome := outcomes.get(row.line):
            reasons = (value["reason"], outcome.reason(language))
            value |= {"outcome": outcome.status, "reason": "; ".join(str(one) for one in reasons if one)}
        rows.append(value)
    return {
        "good": len(sheet.good()),
        "refused": sum(row.status == "refused" for row in sheet.rows),
        "outcomes": _number(outcomes),
        "rows": rows,
    }


def _number(outcomes: Mapping[int, Outcome]) -> dict[str, int]:
    states = [one.status for one in outcomes.values()]
    return {status: states.count(status) for status in dict.fromkeys(states)}


def _registry(settings: Settings) -> Callable[[], Registry]:
    from ingest.registry import file  # noqa: PLC0415

    return lambda: file.read(settings.data_dir)


def _made(
    settings: Settings, server: NetworkServer, sheet: Sheet, asked: importing.Options, notes: importing.Notes
) -> dict[int, Outcome]:
    ends = importing.Ends(server, _registry(settings), editor(settings, "device import"))
    with stop_signals() as stop, bar("import", unit="devices") as progress:
        return importing.run(ends, sheet.good(), asked, notes, progress=progress, stopped=stop.is_set)


def _foretold(
    settings: Settings, server: NetworkServer, sheet: Sheet, asked: importing.Options
) -> dict[int, Outcome]:  # fmt: skip
    return importing.foretell(server, _registry(settings)(), sheet.good(), asked)


def _words(outcomes: Mapping[int, Outcome], language: Language, *, dry: bool = False) -> dict[int, str]:
    found = {}
    for line, one in outcomes.items():
        word = status(one.status, language, dry=dry)
        found[line] = ": ".join(filter(None, (word, one.reason(language))))
    return found


def _show(outcomes: Mapping[int, Outcome], language: Language, *, dry: bool) -> None:
    """Those that are not simply done, and how many there are of each."""
    rows = [
        (line, one.dev_eui, _words({line: one}, language, dry=dry)[line]) for line, one in outcomes.items() if one.said
    ]
    if rows:
        click.echo()
        table((said("sheets.row").in_(language), "DevEUI", said("sheets.reason").in_(language)), rows)
    words = {status(name, language, dry=dry): count for name, count in _number(outcomes).items()}
    click.echo(", ".join(f"{count} {word}" for word, count in words.items()))
