"""Options that several commands have in common: which device, from when, until when."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

_F = TypeVar("_F", bound="Callable[..., Any]")

_EUI = re.compile(r"[0-9a-f]{16}")
_SEPARATORS = re.compile(r"[-:\s]")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MIDNIGHT = "T00:00:00+07:00"
"""A day begins at midnight in Đà Nẵng."""

EVER = (-(1 << 63), (1 << 63) - 1)
"""Every time that there is, ns UTC."""


def device_option(command: _F) -> _F:
    """`--device DEVEUI`, as the parameter `device`: 16 lower-case hex digits, or None."""
    return click.option("--device", metavar="DEVEUI", callback=dev_eui, help="Of one device.")(command)


def time_options(command: _F) -> _F:
    """`--since TIME` and `--until TIME`, as the parameters `since` and `until`: ns UTC, or None."""
    until = click.option("--until", metavar="TIME", callback=_moment, help="Older than this, likewise.")
    return since_option("Not older: a date, RFC 3339, or how long ago (1h, 30m, 2d).")(until(command))


def since_option(words: str) -> Callable[[_F], _F]:
    """`--since TIME` alone, as the parameter `since`: ns UTC, or None."""
    return click.option("--since", metavar="TIME", callback=_moment, help=words)


def dev_eui(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A callback of an option or argument: a DevEUI as people write it, to 16 lower-case hex digits."""
    if value is None:
        return None
    text = _SEPARATORS.sub("", value).lower()
    if not _EUI.fullmatch(text):
        from ingest.cli.misuse import bad_value  # noqa: PLC0415  (on a mistake alone)

        raise bad_value("dev_eui")
    return text


def _moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    return moment_of(value)


def moment_of(text: str) -> int:
    """The time that is meant, ns UTC: a date, RFC 3339, or how long ago.

    Raises:
        BadParameter: it is none.
    """
    from gateways import rfc3339 as times  # noqa: PLC0415
    from ingest.units import parse_duration  # noqa: PLC0415

    try:
        return times.parse(text + _MIDNIGHT if _DATE.fullmatch(text) else text)
    except ValueError:
        pass
    try:
        return max(EVER[0], time.time_ns() - parse_duration(text) * 1_000_000_000)
    except (ValueError, OverflowError) as error:
        from ingest.cli.misuse import bad_value  # noqa: PLC0415  (on a mistake alone)

        raise bad_value("moment") from error
