"""Where every failure of a command ends: one human line with the fix, or one JSON object, and an exit code."""

from __future__ import annotations

import errno
import json
import os
import sys
import traceback
from typing import TYPE_CHECKING, NamedTuple

import click

from ingest.errors import CityloraError, ConfigError, DataDirError

if TYPE_CHECKING:
    from ingest.i18n import Language, Said

FAILED, USAGE, CONFIG, DATA_DIR, DEFECT, INTERRUPTED = 1, 2, 3, 4, 70, 130
"""The exit codes, beside 0; `citylora --help` explains them."""


class Failure(CityloraError):  # noqa: N818  (it names the outcome)
    """A command could not do what it was asked for; exit code `FAILED`."""


class _Account(NamedTuple):
    kind: str
    code: int
    message: str
    hint: str = ""


def fail(message: str | Said, hint: str | Said = "") -> Failure:
    """To be raised: the command ends with one line and exit code 1."""
    return Failure(message, hint)


def report(exc: Exception, *, as_json: bool, language: Language = "en") -> int:
    """Say what went wrong, on stdout as JSON or on stderr in words, in a language; the exit code."""
    if isinstance(exc, OSError) and exc.errno == errno.EPIPE:
        # The reader (`head`, a pager) has seen enough; nothing more can or need be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    if isinstance(exc, click.exceptions.NoArgsIsHelpError) and not as_json:
        click.echo(exc.format_message(), err=True)
        return USAGE
    account = _account(exc) if language == "en" else _translated(exc, language)
    if account.code == DEFECT:
        traceback.print_exception(exc)
    if as_json:
        words = {"kind": account.kind, "message": account.message, "hint": account.hint}
        click.echo(json.dumps({"error": words}, ensure_ascii=False))
    else:
        _print(account, language)
    return account.code


def _print(account: _Account, language: Language) -> None:
    error, hint = ("error", "hint") if language == "en" else ("lỗi", "gợi ý")
    for line in account.message.splitlines() or [account.kind]:
        click.echo(f"{error}: {line}", err=True)
    if account.hint:
        click.echo(f"{hint}: {account.hint}", err=True)


_OURS: tuple[tuple[type[CityloraError], str, int], ...] = (
    (ConfigError, "config", CONFIG),
    (DataDirError, "data_dir", DATA_DIR),
    (CityloraError, "failed", FAILED),
)


def _account(exc: Exception) -> _Account:
    if isinstance(exc, CityloraError):
        kind, code = next((kind, code) for ours, kind, code in _OURS if isinstance(exc, ours))
        return _Account(kind, code, str(exc), exc.hint)
    if isinstance(exc, click.UsageError):
        command = exc.ctx.command_path if exc.ctx else "citylora"
        return _Account("usage", USAGE, _lowered(exc.format_message()), f"see {command} --help")
    if isinstance(exc, click.Abort):
        return _Account("interrupted", INTERRUPTED, "interrupted")
    if isinstance(exc, click.ClickException):
        return _Account("failed", FAILED, _lowered(exc.format_message()))
    if isinstance(exc, OSError):
        where = f"{exc.filename}: " if exc.filename else ""
        return _Account("failed", FAILED, f"{where}{exc.strerror or exc}")
    hint = "this is a defect of citylora; please report it with the lines above"
    return _Account("defect", DEFECT, f"{type(exc).__name__}: {exc}", hint)


def _translated(exc: Exception, language: Language) -> _Account:
    """The same in another language; what has no words in it stays English."""
    from ingest.cli import misuse  # noqa: PLC0415  (on a mistake alone)
    from ingest.i18n import said, system  # noqa: PLC0415

    account = _account(exc)
    if isinstance(exc, CityloraError):
        message, hint = exc.in_(language)
        return account._replace(message=message, hint=hint)
    if isinstance(exc, click.UsageError):
        command = exc.ctx.command_path if exc.ctx else "citylora"
        see = said("usage.see", command=command).in_(language)
        return account._replace(message=misuse.told(exc, language), hint=see)
    if isinstance(exc, click.Abort):
        return account._replace(message=said("usage.interrupted").in_(language))
    if isinstance(exc, OSError):
        reason = system(exc)
        why = reason if isinstance(reason, str) else reason.in_(language)
        return account._replace(message=f"{exc.filename}: {why}" if exc.filename else why)
    return account


def _lowered(message: str) -> str:
    """Click's sentences, written as ours are."""
    return message[:1].lower() + message[1:].rstrip(".")
