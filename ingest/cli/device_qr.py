"""`citylora device qr`: what a code on a label is, without a server."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ingest.cli.boundary import FAILED
from ingest.cli.network_server import lang_option
from ingest.cli.options import emit, json_option, printable
from ingest.cli.tongue import FieldCommand
from ingest.i18n import default_language, said

if TYPE_CHECKING:
    from ingest.i18n import Language
    from ingest.onboarding.qr import Code

_STDIN = "-"
_SHOWN = ("dev_eui", "join_eui", "vendor_id", "profile_id", "serial", "owner_token", "app_key_tail")


@click.command(cls=FieldCommand, name="qr", context_settings={"ignore_unknown_options": True})
@click.argument("text", metavar="TEXT", nargs=-1, required=True, type=click.UNPROCESSED)
@lang_option
@json_option
def command(*, text: tuple[str, ...], lang: Language | None, as_json: bool) -> int:
    """Explain a code of a device's label, without a server: TR005, other makers' kinds, or what else it is.

    \b
    ok       it can be used
    warn     likewise, but read the reason
    ask      something has to be looked up or decided first
    refused  it cannot be used; exit code 1

    TEXT is `-` to read it from standard input: so a code with a key is in nobody's shell history. Of a key only the
    last four digits are shown.

    \b
    Example:
      citylora device qr LW:D0:1122334455667788:AABBCCDDEEFF0011:AABB1122:SYYWWNNNNNN
      zbarimg --raw --quiet label.jpg | citylora device qr - --lang vi
    """  # noqa: D301  (click reads the backspace)
    from ingest.onboarding.qr import read  # noqa: PLC0415  (no other command of `device` needs it)

    code = read(_stdin() if text == (_STDIN,) else " ".join(text))
    language = lang or default_language()
    if as_json:
        emit(code.as_json(language))
    else:
        _print(code, language)
    return FAILED if code.verdict == "refused" else 0


def _stdin() -> bytes:
    """What is there, and never more than one byte above what the largest code has."""
    from ingest.onboarding.qr.text import LONGEST_BYTES  # noqa: PLC0415

    return sys.stdin.buffer.read(LONGEST_BYTES + 1)


def _print(code: Code, language: Language) -> None:
    """The verdict, what the code says, and why."""
    verdict = said(f"qr.verdict_{code.verdict}").in_(language)
    click.echo(f"{verdict}: {said(f'qr.kind_{code.kind}').in_(language)}")
    values = code.as_json(language)
    for name in _SHOWN:
        if values[name] is not None:
            label = said(f"qr.label_{name}").in_(language)
            click.echo(f"  {label:<14}{printable(str(values[name]))}")
    for reason in code.reasons:
        click.echo(f"→ {printable(reason.in_(language))}")
