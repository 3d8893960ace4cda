"""`citylora alerts check`: what the rules say, who is told, and what cannot be meant."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003  (click reads the annotations)
from typing import TYPE_CHECKING, Any

import click

from ingest.cli.boundary import FAILED
from ingest.cli.options import config_options, emit, json_option, load_settings, printable, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.alerts.audience import Finding
    from ingest.alerts.rule import Rule
    from ingest.alerts.rulebook import Rulebook
    from ingest.config import Settings


@click.command()
@click.option("--lang", type=click.Choice(["vi", "en"]), help="In one language. Default: in both.")
@click.option("--rule", "names", metavar="ID", multiple=True, help="Only this rule, or flood/*; may be repeated.")
@config_options
@json_option
def check(*, lang: str | None, names: tuple[str, ...], config: Path | None, data: Path | None, as_json: bool) -> int:
    """Say every rule in one plain sentence, and which department is told; nothing is changed by it.

    Read it with those who are to act: the sentence is what is watched. Exit code 1 if nobody is told of a rule, a
    department gets nothing or has no endpoint, or a site is named that there is not. Exit code 3: a rule or a
    department cannot be used at all.

    \b
    Example:
      citylora alerts check --lang vi
      citylora alerts check --rule "flood/*" --json
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.alerts import rulebook  # noqa: PLC0415  (after the configuration is known to be good)
    from ingest.alerts.audience import look  # noqa: PLC0415

    book = rulebook.load(settings.alerts)
    shown = _chosen(book, names)
    findings = list(look(book, _sites(settings)))
    if as_json:
        emit(_as_json(settings, book, shown, findings))
    else:
        _print(settings, book, shown, findings, [lang] if lang else ["vi", "en"])
    return FAILED if findings else 0


def _chosen(book: Rulebook, names: Sequence[str]) -> list[Rule]:
    from fnmatch import fnmatchcase  # noqa: PLC0415

    from ingest.cli.boundary import fail  # noqa: PLC0415
    from ingest.config.errors import suggestion  # noqa: PLC0415

    for name in names:
        if not any(fnmatchcase(rule.id, name) for rule in book.rules):
            raise fail(f"there is no rule {name!r}", suggestion(name, [rule.id for rule in book.rules]))
    return [rule for rule in book.rules if not names or any(fnmatchcase(rule.id, name) for name in names)]


def _sites(settings: Settings) -> frozenset[str]:
    """The sites of the registry; none where there is no registry yet."""
    from ingest.registry import file  # noqa: PLC0415

    return frozenset(file.read(settings.data_dir).sites)


def _as_json(settings: Settings, book: Rulebook, shown: Sequence[Rule], findings: Sequence[Finding]) -> dict[str, Any]:
    from ingest.alerts.audience import audience  # noqa: PLC0415
    from ingest.alerts.words import say as said  # noqa: PLC0415

    return {
        "ok": not findings,
        "enabled": settings.alerts.on,
        "rules": [
            {
                "id": rule.id,
                "severity": rule.severity.name.lower(),
                "title": rule.title._asdict(),
                "says": {"vi": said(rule, "vi"), "en": said(rule, "en")},
                "unit": rule.unit,
                "source": rule.source._asdict() if rule.source else None,
                "verified": rule.verified,
                "departments": [one.id for one in audience(rule, book.departments)],
            }
            for rule in shown
        ],
        "departments": [
            {"id": one.id, "name": one.name._asdict(), "endpoints": [each.name for each in one.endpoints]}
            for one in book.departments
        ],
        "findings": [one._asdict() for one in findings],
    }


def _print(
    settings: Settings, book: Rulebook, shown: Sequence[Rule], findings: Sequence[Finding], languages: Sequence[Any]
) -> None:
    from ingest.alerts.audience import audience  # noqa: PLC0415
    from ingest.alerts.words import say as said  # noqa: PLC0415

    for rule in shown:
        click.echo(rule.id)
        for language in languages:
            click.echo(f"  {printable(said(rule, language))}")
        who = ", ".join(one.id for one in audience(rule, book.departments))
        click.echo(f"  → {who or 'nobody'}\n")
    if not book.rules:
        say('there is no rule; write packs = ["flood"] under [alerts], or a file of your own (docs/alerts.md)')
    elif not settings.alerts.on:
        say("nothing of it is watched: enabled is false under [alerts]")
    for one in findings:
        click.echo(f"WARN    {printable(one.subject)}: {printable(one.problem)}\n        → {printable(one.remedy)}")
    click.echo(_counted(book, findings))


def _counted(book: Rulebook, findings: Sequence[Finding]) -> str:
    doubtful = sum(not rule.verified for rule in book.rules)
    rest = f"; {len(findings)} to look at" if findings else ""
    rules, who = _number(len(book.rules), "rule"), _number(len(book.departments), "department")
    return f"{rules} ({doubtful} unverified), {who}{rest}"


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"
