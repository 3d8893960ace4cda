"""Recognises that somebody else uses our client id: a broker then throws one of the two out whenever the other comes.

MQTT 5 says so (reason 0x8E, section 3.14.2.1). With 3.1.1 the broker just closes the connection, so there it is a guess
from how often that has happened in a row, soon after we had subscribed.
"""

from __future__ import annotations

from typing import NamedTuple

SESSION_TAKEN_OVER = 0x8E

QUICK = 60.0
"""Seconds after subscribing: a broker that closes a good connection so soon has a reason that is ours."""

CLOSINGS = 4
"""In a row: a broker that is being restarted over and over refuses connections in between, which breaks the row."""

AWAY = (30.0, 600.0)
"""Seconds to stay away after the first time, and at most; doubled each time. Two that come back at full speed would
keep each other from taking anything."""


class Ending(NamedTuple):
    """How a connection ended.

    Attributes:
        reason: one line for a person; "" where we ended it ourselves.
        code: the reason code of the broker's DISCONNECT; None where it sent none.
        closed: the broker closed it, in order and without a word.
        lasted: seconds since we had subscribed; None where it did not come to that.
    """

    reason: str
    code: int | None = None
    closed: bool = False
    lasted: float | None = None


class Rival:
    """What the last endings of one client's connections say of a second client with its id."""

    def __init__(self) -> None:
        self._closings = 0
        self._pause = 0.0

    def pause(self, ending: Ending) -> float:
        """Seconds to stay away for the sake of a rival; 0 where there is none, as far as one can tell."""
        certain = ending.code == SESSION_TAKEN_OVER
        soon = ending.closed and ending.lasted is not None and ending.lasted < max(QUICK, 2 * self._pause)
        self._closings = self._closings + 1 if soon else 0
        if certain or self._closings >= CLOSINGS:
            self._pause = min(max(AWAY[0], 2 * self._pause), AWAY[1])
        else:
            self._pause = 0.0
        return self._pause


def words(client_id: str, ending: Ending) -> str:
    """What to tell the administrator, always the same of the same."""
    surely = "another client uses" if ending.code == SESSION_TAKEN_OVER else "another client probably uses"
    seen = "" if ending.code == SESSION_TAKEN_OVER else f": {CLOSINGS} times in a row it closed a good connection"
    return (
        f'{surely} the client id "{client_id}" at this broker{seen}; the two take turns at one queue. Stop the other'
        " one, or give each worker a client_id of its own"
    )
