"""`citylora quarantine`: what was refused, and why."""

from __future__ import annotations

import sys
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import click

from gateways.rfc3339 import render
from ingest.cli.boundary import FAILED
from ingest.cli.options import config_options, emit, fail, json_option, load_settings, printable, say, table

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.config import Settings
    from ingest.quarantine import Case

CASES = 100
"""Events that `list --reason` shows at most."""

_UNKNOWN = ("no_model", "unknown_model")

HEX_LINE = 32
"""Bytes of a line of hex."""

_reason = click.option("--reason", metavar="WORD", help="Only what was refused for this reason.")


@click.group()
def command() -> None:
    """What was refused and why; replay it after a fix, or give it up.

    An event is refused where it cannot be decoded, or where a sink refuses one of its points. It is kept as it was
    received, by each sink that lacks it.

    \b
    Example:
      citylora quarantine list
      citylora quarantine replay --reason unknown_model
    """  # noqa: D301  (click reads the backspace)


@command.command(name="list")
@_reason
@config_options
@json_option
def list_(*, reason: str | None, config: Path | None, data: Path | None, as_json: bool) -> None:
    """List the reasons with their number of events; with --reason its newest 100 events, newest first.

    \b
    Example:
      citylora quarantine list
      citylora quarantine list --reason unknown_model --json
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest import refused  # noqa: PLC0415

    if reason is not None:
        _list_cases(refused.cases(settings, reason, CASES), as_json=as_json)
        return
    found = refused.groups(settings)
    if as_json:
        emit(
            [
                {
                    "reason": one.reason,
                    "count": one.events,
                    "consumers": list(one.consumers),
                    "first_at": render(one.first_at),
                    "last_at": render(one.last_at),
                    "example": _brief(one.example),
                }
                for one in found
            ]
        )
    elif found:
        table(
            ("REASON", "EVENTS", "SINKS", "FIRST", "LAST", "SEQ", "EXAMPLE"),
            [
                (one.reason, one.events, ", ".join(one.consumers), _second(one.first_at), _second(one.last_at),
                 one.example.seq, f"{_subject(one.example)}: {one.example.detail}")
                for one in found
            ],
        )  # fmt: skip
    else:
        click.echo("nothing is in quarantine")


@command.command()
@click.argument("seq", type=click.IntRange(1))
@config_options
@json_option
def show(*, seq: int, config: Path | None, data: Path | None, as_json: bool) -> None:
    """Show the event SEQ as it was received, and why it was refused.

    A payload that is no text is shown in hex (base64 with --json). Of an uplink whose model is not known, models are
    named that would read such a payload, which proves nothing. Exit code 1 where it is not in quarantine.

    \b
    Example:
      citylora quarantine show 1207
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest import refused  # noqa: PLC0415

    found = refused.case(settings, seq)
    if not found:
        raise fail(f"event {seq} is not in quarantine", "`citylora quarantine list --reason WORD` shows which are")
    event = {**_event(seq, found), "suggested": _suggested(settings, found)}
    if as_json:
        emit(event)
        return
    for key in ("seq", "topic", "source", "received_at", "arrived_at"):
        click.echo(f"{key:<12} {printable(str(event[key]))}")
    for name, case in found.items():
        click.echo(f"{name:<12} {case.reason}: {printable(case.detail)} ({printable(_subject(case))})")
    if event["suggested"]:
        click.echo(f"{'could be of':<12} {', '.join(event['suggested'])}: only its shape says so")
    entry = next(iter(found.values())).entry
    length = entry.length or len(entry.payload)
    click.echo(f"{'payload':<12} {length} bytes" + (f", its first {len(entry.payload)}:" if entry.length else ":"))
    text = event.get("payload")
    click.echo(_hex(entry.payload) if text is None else printable(str(text), keep="\n\t"))


@command.command()
@_reason
@config_options
@json_option
def replay(*, reason: str | None, config: Path | None, data: Path | None, as_json: bool) -> int:
    """Try again: decode with today's models and metadata, and store what can be stored now.

    A running worker does it; else it is done here. `citylora run` reads devices.csv anew at SIGHUP: do that first. Exit
    code 1 where something is still in quarantine afterwards.

    \b
    Example:
      citylora quarantine replay --reason unknown_model
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest import refused  # noqa: PLC0415

    done = refused.replay(settings, reason, say)
    stored, left = (max((one[key] for one in done.values()), default=0) for key in ("stored", "left"))
    if as_json:
        emit({"stored": stored, "left": left, "consumers": done})
    else:
        _print_counts(done, ("stored", "left"))
    return FAILED if left else 0


@command.command()
@_reason
@click.option("--all", "everything", is_flag=True, help="Whatever the reason.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_options
@json_option
def purge(
    *, reason: str | None, everything: bool, yes: bool, config: Path | None, data: Path | None, as_json: bool
) -> None:
    """Give up quarantined events for ever; they count as evicted from then on.

    It asks first; a script, which cannot be asked, has to give --yes.

    \b
    Example:
      citylora quarantine purge --reason wrong_port --yes
    """  # noqa: D301  (click reads the backspace)
    if (reason is None) is not everything:
        raise click.UsageError("say what is to be given up: either --reason WORD or --all")
    if not yes and (as_json or not sys.stdin.isatty()):
        raise click.UsageError(f"{'--json' if as_json else 'without a terminal it'} cannot ask; give --yes")
    settings = load_settings(config, data)
    from ingest import refused  # noqa: PLC0415

    if not yes:
        concerned = [one for one in refused.groups(settings) if reason in (None, one.reason)]
        if not concerned:
            click.echo("nothing of that is in quarantine")
            return
        click.confirm(f"Give up {sum(one.events for one in concerned)} events for ever?", abort=True, err=True)
    done = refused.purge(settings, reason, say)
    if as_json:
        emit({"purged": max((one["purged"] for one in done.values()), default=0), "consumers": done})
    else:
        _print_counts(done, ("purged",))


def _list_cases(found: list[Case], *, as_json: bool) -> None:
    if as_json:
        emit([_brief(one) for one in found])
    elif found:
        table(
            ("SEQ", "RECEIVED", "SUBJECT", "DETAIL"),
            [(one.seq, _second(one.entry.received_at), _subject(one), one.detail) for one in found],
        )
    else:
        click.echo("nothing of that reason is in quarantine")


def _brief(case: Case) -> dict[str, Any]:
    return {
        "seq": case.seq,
        "received_at": render(case.entry.received_at),
        "subject": _subject(case),
        "detail": case.detail,
    }


def _subject(case: Case) -> str:
    """Whom it is about; a line of a file that was no event has not even a topic, and is known by its file."""
    return case.subject or case.entry.source


def _event(seq: int, found: dict[str, Case]) -> dict[str, Any]:
    """The event with what each consumer has against it."""
    entry = next(iter(found.values())).entry
    event: dict[str, Any] = {
        "seq": seq,
        "topic": entry.topic,
        "source": entry.source,
        "received_at": render(entry.received_at),
        "arrived_at": render(entry.arrived_at),
        "length": entry.length or len(entry.payload),
        "consumers": {
            name: {"reason": case.reason, "detail": case.detail, "subject": _subject(case)}
            for name, case in found.items()
        },
    }
    try:
        return {**event, "payload": entry.payload.decode()}
    except UnicodeDecodeError:
        return {**event, "payload_b64": b64encode(entry.payload).decode()}


def _suggested(settings: Settings, found: dict[str, Case]) -> list[str]:
    """Models that would read the payload of an uplink whose model is not known."""
    from decoders import catalog  # noqa: PLC0415  (all decoders)
    from gateways.chirpstack import events  # noqa: PLC0415
    from gateways.uplink import MalformedEvent, Uplink  # noqa: PLC0415

    case = next(iter(found.values()))
    if case.reason not in _UNKNOWN:
        return []
    try:
        message = events.parse(case.entry.topic, case.entry.payload)
    except MalformedEvent:
        return []
    if not isinstance(message, Uplink) or message.encrypted:
        return []
    catalog.use(catalog.look(settings.decoders.folder))
    return [decoder.name for decoder in catalog.suggest(message.payload, message.f_port)]


def _second(moment: int) -> str:
    return render(moment // 1_000_000_000 * 1_000_000_000)


def _hex(payload: bytes) -> str:
    return "\n".join(payload[place : place + HEX_LINE].hex(" ") for place in range(0, len(payload), HEX_LINE))


def _print_counts(done: dict[str, Any], keys: tuple[str, ...]) -> None:
    table(("SINK", *map(str.upper, keys)), [(name, *(one[key] for key in keys)) for name, one in done.items()])
