"""What `site` and `device` share: changing the registry, telling the worker, times, and how both are said."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

from ingest.cli.boundary import FAILED, fail
from ingest.cli.options import say
from ingest.cli.selection import EVER, moment_of
from ingest.cli.tongue import current
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Callable

    import click

    from ingest.config import Settings
    from ingest.registry.file import Change
    from ingest.registry.site import Registry

LEAD = 2_000_000_000
"""Nanoseconds after which what is said now begins: the worker knows of it by then, and stores what a replay would."""

_SECOND = 1_000_000_000

PATIENCE = 20.0
"""Seconds that the worker has to read the registry anew; it may be at what another command asked for."""


def dated(_ctx: click.Context, _param: click.Parameter, value: str | None) -> int | None:
    """A callback of an option: `ever`, a date, RFC 3339, or how long ago; to ns UTC."""
    if value is None:
        return None
    if value == "ever":
        return EVER[0]
    return moment_of(value)


DATED = "a date, RFC 3339, or how long ago (2d)"


class Done(NamedTuple):
    """What became of a change.

    Attributes:
        worker: `read` where it counts now, `none` where no worker runs, `not told` where it did not answer.
    """

    changes: list[Change]
    worker: str

    @property
    def code(self) -> int:
        """The command's exit code."""
        return FAILED if self.worker == "not told" else 0


def known_quantity(name: str) -> None:
    """Refuse what is no quantity.

    Raises:
        Failure: it is none; with what may be meant.
    """
    from difflib import get_close_matches  # noqa: PLC0415

    from decoders.quantities import QUANTITIES  # noqa: PLC0415

    if name not in QUANTITIES:
        near = ", ".join(get_close_matches(name, QUANTITIES, n=3))
        raise fail(
            f"there is no quantity {name!r}", f"did you mean {near}?" if near else "docs/decoders.md has them all"
        )


def soon() -> int:
    """The moment from which on what is said now counts: a whole second."""
    return -(-(time.time_ns() + LEAD) // _SECOND) * _SECOND


def edit(settings: Settings, what: str, change: Callable[[Registry], Registry], *, dry: bool = False) -> Done:
    """Change the registry, and have a running worker read it.

    Raises:
        CityloraError: the change cannot be made; nothing was written.
    """
    from ingest import control  # noqa: PLC0415  (after the configuration is known to be good)
    from ingest.data_dir import SOCKET  # noqa: PLC0415
    from ingest.errors import CityloraError  # noqa: PLC0415
    from ingest.registry import file  # noqa: PLC0415

    changes = file.edit(settings.data_dir, what, time.time_ns(), change, dry=dry)
    if dry or not changes:
        return Done(changes, "none")
    try:
        answer = control.ask(settings.data_dir / SOCKET, "places", timeout=PATIENCE)
    except CityloraError as error:
        say(said("plan.not_told", why=error.texts[0]).in_(current()))
        say(said("plan.not_told_remedy").in_(current()))
        return Done(changes, "not told")
    return Done(changes, "none" if answer is None else "read")


def hint_replay(settings: Settings, since: int, dev_eui: str = "") -> None:
    """Rows of before a change stay as they are: say how they are brought to it, where there can be any."""
    from ingest.journal.writer import FILE  # noqa: PLC0415

    if since >= time.time_ns() or not (settings.data_dir / FILE).is_file():
        return
    options = "" if since == EVER[0] else f" --since {rendered(since)}"
    options += f" --device {dev_eui}" if dev_eui else ""
    say(said("plan.replay", command=f"citylora replay{options}").in_(current()))


def rendered(at: int) -> str | None:
    """A time as JSON has it; None without a bound."""
    from gateways.rfc3339 import render  # noqa: PLC0415

    return None if at in EVER else render(at)


def change_as_json(change: Change) -> dict[str, Any]:
    """One change for a script."""
    import json  # noqa: PLC0415

    return {
        "at": rendered(change.at), "who": change.who, "what": change.what, "subject": change.subject,
        "before": json.loads(change.before or "null"), "after": json.loads(change.after or "null"),
    }  # fmt: skip
