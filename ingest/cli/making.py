"""What the commands share that make devices: the registry's part, and how plans and outcomes are said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ingest.cli.options import printable, say
from ingest.cli.places import edit
from ingest.i18n import said
from ingest.onboarding import carrying_out
from ingest.onboarding.carrying_out import DONE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateways.chirpstack.admin.answers import NetworkServer
    from ingest.config import Settings
    from ingest.i18n import Language, Said
    from ingest.onboarding.carrying_out import Lists, Outcome
    from ingest.onboarding.planning import Plan
    from ingest.registry.site import Registry

_KNOWN = ("application", "profile", "site")

_DOING = ("made", "completed", "changed")

_INK = {"made": "green", "completed": "green", "changed": "green", "same": "green", "queued": "yellow"}


def editor(settings: Settings, what: str) -> Callable[[Callable[[Registry], Registry]], object]:
    """Changes the registry, and has a running worker read it."""
    return lambda change: edit(settings, what, change)


def make(settings: Settings, server: NetworkServer, work: Plan, what: str) -> Outcome:
    """Do what a plan says, at the server and in the registry."""
    outcome = carrying_out.at_server(work, server)
    if outcome.status not in (*DONE, "differs"):
        return outcome
    trouble = carrying_out.record([work], editor(settings, what))
    return outcome._replace(status="failed", said=(trouble, *outcome.said)) if trouble else outcome


def planned(settings: Settings, server: NetworkServer, common: Lists, wanted: Any, **options: Any) -> Plan:
    """A plan against the registry as it is now.

    Raises:
        AdminError: the server cannot be asked.
    """
    from ingest.registry import file  # noqa: PLC0415

    return carrying_out.planned(server, common, file.read(settings.data_dir), wanted, **options)


def steps(work: Plan) -> Iterator[Said]:
    """What a plan would do, a line each."""
    if work.create:
        yield said("plan.would_make", application=work.application, profile=work.profile)
        yield said("plan.would_key", tail=work.wanted.app_key.tail if work.wanted.app_key else "-")
    for one in work.missing:
        yield said("plan.would_complete", what=one.what, after=one.after)
    for one in work.differences:
        yield said("plan.would_change" if work.updates else "plan.differs", **one._asdict())
    if work.placed.changes:
        yield said("plan.would_place", site=work.placed.site)


def show_plan(work: Plan, language: Language) -> None:
    """On stderr, before it is done; what stands in its way is said of the outcome."""
    if work.blocked:
        return
    name = " ".join(filter(None, (work.wanted.dev_eui, work.wanted.name, work.wanted.model)))
    say(printable(name))
    for one in steps(work):
        say(f"  - {printable(one.in_(language))}")


def status(name: str, language: Language, *, dry: bool = False) -> str:
    """The word for what became of a device; of a dry run, for what would."""
    return said(f"plan.{'would_be' if dry and name in _DOING else 'status'}_{name}").in_(language)


def show(outcome: Outcome, language: Language, *, dry: bool = False) -> None:
    """On stdout, what became of a device; or, of a dry run, what would."""
    word = status(outcome.status, language, dry=dry)
    click.echo(f"{click.style(word, fg=_INK.get(outcome.status, 'red'), bold=True)}  {outcome.dev_eui}")
    for one in outcome.said:
        click.echo(f"  {printable(one.in_(language))}")


def as_json(outcome: Outcome, work: Plan | None, language: Language) -> dict[str, Any]:
    """Both, for a script."""
    changes = [one._asdict() for one in (*work.missing, *work.differences)] if work else []
    known = {"application": work.application, "profile": work.profile, "site": work.placed.site} if work else {}
    return {**outcome.as_json(language), **dict.fromkeys(_KNOWN, ""), **known, "changes": changes}
