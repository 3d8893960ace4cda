"""`citylora outbox`: what is to be sent, what was sent, and how the endpoints are."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from gateways.rfc3339 import render
from ingest.cli.alerts_change import change
from ingest.cli.alerts_list import database
from ingest.cli.options import config_options, emit, fail, json_option, load_settings, printable, table

if TYPE_CHECKING:
    from pathlib import Path

    from ingest.alerts.outbox import Entry, State
    from ingest.config import Settings

LIMIT = 100
"""Messages that `list` shows where nobody says how many."""

_STATES = ("waiting", "delivered", "dropped", "expired")

_endpoint = click.option("--endpoint", metavar="DEPARTMENT/NAME", default="", help="Of one endpoint.")


@click.group()
def command() -> None:
    """What is sent to the departments, and what has become of it.

    A message waits until its endpoint has taken it, 14 days at most (docs/webhooks.md).

    \b
    Example:
      citylora outbox list
      citylora outbox list --department thoat-nuoc --json
    """  # noqa: D301  (click reads the backspace)


@command.command(name="list")
@click.option("--department", metavar="ID", default="", help="Of one department: its own log.")
@_endpoint
@click.option("--state", type=click.Choice(_STATES), default=None, help="In one state.")
@click.option("--limit", type=click.IntRange(1), default=LIMIT, help=f"So many at most. Default: {LIMIT}.")
@config_options
@json_option
def list_(
    *, department: str, endpoint: str, state: State | None, limit: int, config: Path | None, data: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """List messages, the newest first.

    \b
    Example:
      citylora outbox list --state waiting
      citylora outbox list --department thoat-nuoc --limit 1000 --json
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.alerts import outbox  # noqa: PLC0415

    with closing(database(settings)) as db:
        found = outbox.entries(db, department=department, endpoint=endpoint, state=state or "", limit=limit)
    if as_json:
        emit([about(one) for one in found])
    elif found:
        table(
            ("MESSAGE", "TYPE", "ENDPOINT", "STATE", "PUT", "DONE", "TRIES", "ANSWER"),
            [
                (one.message.id, one.message.type, one.message.endpoint, one.state, _second(one.message.created),
                 _second(one.done), one.attempts, one.answer)
                for one in found
            ],
        )  # fmt: skip
    else:
        click.echo("there is no such message")


@command.command()
@config_options
@json_option
def endpoints(*, config: Path | None, data: Path | None, as_json: bool) -> None:
    """List the endpoints: which takes messages, which fails, what waits there.

    Exit code 0, whatever they do: `citylora status` is what judges.

    \b
    Example:
      citylora outbox endpoints
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.delivery.standing import standings  # noqa: PLC0415

    names = [f"{one.id}/{end.name}" for one in settings.alerts.department for end in one.endpoints]
    with closing(database(settings)) as db:
        found = standings(db, names)
    shown = [{**one._asdict(), "since": _time(one.since), "oldest": _time(one.oldest)} for one in found]
    if as_json:
        emit(shown)
    elif shown:
        table([key.upper() for key in shown[0]], [list(one.values()) for one in shown])
    else:
        click.echo("no department has an endpoint; docs/webhooks.md says how to add one")


@command.command()
@click.argument("message")
@config_options
@json_option
def show(*, message: str, config: Path | None, data: Path | None, as_json: bool) -> None:
    """Show one message, as it is sent, and what was answered last.

    Exit code 1 where there is none of that id.

    \b
    Example:
      citylora outbox show msg_kq3rt5vw2x7y6zab
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.alerts import outbox  # noqa: PLC0415

    with closing(database(settings)) as db:
        found = outbox.entry(db, message)
    if found is None:
        raise fail(f"there is no message {message}", "`citylora outbox list` shows those that are kept")
    body = json.loads(found.message.body)
    if as_json:
        emit({**about(found), "body": body})
        return
    for key, value in about(found).items():
        shown = ", ".join(value) if isinstance(value, list) else "" if value is None else value
        click.echo(f"{key:<12} {printable(str(shown))}")
    click.echo(printable(json.dumps(body, ensure_ascii=False, indent=2), keep="\n"))


@command.command()
@click.argument("message", required=False, default="")
@_endpoint
@click.option("--all", "everything", is_flag=True, help="Whatever waits.")
@config_options
@json_option
def retry(
    *, message: str, endpoint: str, everything: bool, config: Path | None, data: Path | None, as_json: bool
) -> None:
    """Send at once what waits. An endpoint that was disabled is used again.

    One message goes before all others of its endpoint, and alone: they wait as they did.

    Exit code 1 where no such message waits.

    \b
    Example:
      citylora outbox retry --endpoint thoat-nuoc/operations-room
    """  # noqa: D301  (click reads the backspace)
    if sum((bool(message), bool(endpoint), everything)) != 1:
        raise click.UsageError("say what is to be sent: a message, --endpoint DEPARTMENT/NAME, or --all")
    settings = load_settings(config, data)
    _known(settings, message, endpoint)
    answer = change(settings, {"what": "retry", "endpoint": endpoint, "message": message})
    if as_json:
        emit(answer)
    else:
        click.echo(f"{_messages(answer['retried'])} sent now")


@command.command()
@click.argument("message", required=False, default="")
@_endpoint
@click.option("--yes", is_flag=True, help="Do not ask.")
@config_options
@json_option
def drop(*, message: str, endpoint: str, yes: bool, config: Path | None, data: Path | None, as_json: bool) -> None:
    """Give up a message that waits, or all of an endpoint; they stay in the log.

    It asks first; a script, which cannot be asked, has to give --yes. Exit code 1 where no such message waits.

    \b
    Example:
      citylora outbox drop msg_kq3rt5vw2x7y6zab
    """  # noqa: D301  (click reads the backspace)
    if bool(message) is bool(endpoint):
        raise click.UsageError("say what is to be given up: either a message or --endpoint DEPARTMENT/NAME")
    if not yes and (as_json or not sys.stdin.isatty()):
        raise click.UsageError(f"{'--json' if as_json else 'without a terminal it'} cannot ask; give --yes")
    settings = load_settings(config, data)
    count = _known(settings, message, endpoint)
    if not yes:
        click.confirm(f"Give up {count} message{'' if count == 1 else 's'} for ever?", abort=True, err=True)
    answer = change(settings, {"what": "drop", "endpoint": endpoint, "message": message})
    if as_json:
        emit(answer)
    else:
        click.echo(f"{_messages(answer['dropped'])} given up")


@command.command()
@click.argument("endpoint", metavar="DEPARTMENT/NAME")
@click.option("--finish", is_flag=True, help="End it: only the new secret signs from now on.")
@config_options
@json_option
def rotate(*, endpoint: str, finish: bool, config: Path | None, data: Path | None, as_json: bool) -> None:
    """Replace the secret of a webhook, in two steps.

    The first puts a new one into the endpoint's secret_file, before the old one: messages are signed by both. Give the
    file's first line to the receiver; once it uses that, --finish takes the old one out. The worker needs no restart.

    \b
    Example:
      citylora outbox rotate thoat-nuoc/operations-room
      citylora outbox rotate thoat-nuoc/operations-room --finish
    """  # noqa: D301  (click reads the backspace)
    settings = load_settings(config, data)
    from ingest.delivery import rotation  # noqa: PLC0415

    path = _secret_of(settings, endpoint)
    (rotation.finish if finish else rotation.rotate)(path)
    if as_json:
        emit({"endpoint": endpoint, "secret_file": str(path), "secrets": 1 if finish else 2})
    elif finish:
        click.echo(f"{endpoint}: the old secret signs no more")
    else:
        click.echo(f"{endpoint}: give the first line of {path} to the receiver, then run this with --finish")


def about(one: Entry) -> dict[str, Any]:
    """A message as JSON has it, but for its body."""
    sent = one.message
    return {
        "id": sent.id,
        "type": sent.type,
        "department": sent.department,
        "endpoint": sent.endpoint,
        "alerts": list(sent.alerts),
        "state": one.state,
        "created": render(sent.created),
        "due": _time(one.due) if one.state == "waiting" else None,
        "done": _time(one.done),
        "attempts": one.attempts,
        "answer": one.answer or None,
    }


def _known(settings: Settings, message: str, endpoint: str) -> int:
    """How many messages wait of what was named."""
    from ingest.alerts import outbox  # noqa: PLC0415

    with closing(database(settings)) as db:
        if message:
            found = outbox.entry(db, message)
            if found is None or found.state != "waiting":
                state = "there is none of that id" if found is None else f"it is {found.state}"
                raise fail(
                    f"{message} does not wait: {state}", "`citylora outbox list --state waiting` shows what does"
                )
            return 1
        waiting, disabled = outbox.waiting(db), [name for name, one in outbox.states(db).items() if one.disabled]
    if endpoint and endpoint not in waiting and endpoint not in disabled:
        raise fail(f"nothing waits for {endpoint}", "`citylora outbox endpoints` shows where something does")
    return waiting.get(endpoint, (0, 0))[0]


def _secret_of(settings: Settings, endpoint: str) -> Path:
    """The file with the secrets of a webhook."""
    webhooks = {f"{one.id}/{end.name}": end for one in settings.alerts.department for end in one.webhook}
    if endpoint not in webhooks:
        known = ", ".join(webhooks) or "none"
        raise fail(f"{endpoint} is no webhook of the configuration", f"those that there are: {known}")
    path = webhooks[endpoint].secret_file
    if path is None:
        raise fail(
            f"the secret of {endpoint} is in the environment ({webhooks[endpoint].secret_env})",
            "set that to the new secret, a line break, and the old one; or use secret_file",
        )
    return path


def _messages(count: int) -> str:
    return "1 message is" if count == 1 else f"{count} messages are"


def _time(time: int) -> str | None:
    return render(time) if time else None


def _second(time: int) -> str:
    return render(time // 1_000_000_000 * 1_000_000_000) if time else ""
