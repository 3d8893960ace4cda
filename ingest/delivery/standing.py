"""How each endpoint is, as alerts.db has it: what `citylora outbox endpoints` and whoever judges look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from ingest.alerts import outbox

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


class Standing(NamedTuple):
    """One endpoint.

    Attributes:
        endpoint: `<department>/<its own name>`.
        state: `ok`; `failing`: it has taken nothing since it failed or refused; `disabled`: it wants no messages any
            more; `unknown`: messages wait for it, and the configuration does not have it.
        since: since when it fails or is disabled, ns UTC; 0 where neither.
        waiting: messages.
        oldest: when the oldest of them was put, ns UTC; 0 where none waits.
        failures: how often in a row it has failed, or refused a message.
        cause: what it answered last; "" where it is well.
    """

    endpoint: str
    state: Literal["ok", "failing", "disabled", "unknown"]
    since: int
    waiting: int
    oldest: int
    failures: int
    cause: str


def standings(db: sqlite3.Connection, configured: Iterable[str]) -> list[Standing]:
    """All that are configured, and others for which messages wait.

    Args:
        db: alerts.db.
        configured: by name.
    """
    known, waiting, states = list(configured), outbox.waiting(db), outbox.states(db)
    return [
        _standing(db, name, states.get(name, outbox.EndpointState(name)), waiting.get(name, (0, 0)), name in known)
        for name in dict.fromkeys([*known, *sorted(waiting)])
    ]


def _standing(
    db: sqlite3.Connection,
    name: str,
    state: outbox.EndpointState,
    waiting: tuple[int, int],
    known: bool,  # noqa: FBT001
) -> Standing:
    about = state.since, *waiting, state.failures
    if not known:
        return Standing(name, "unknown", *about, "no endpoint of the configuration is called that")
    if state.disabled:
        return Standing(name, "disabled", *about, state.disabled)
    return (
        Standing(name, "failing", *about, outbox.last_answer(db, name))
        if state.failures
        else Standing(name, "ok", *about, "")
    )
