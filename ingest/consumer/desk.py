"""What others see of a consumer: how it is, and what it works with while they work at its desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ingest.ledger import Cursor, Ledger
    from ingest.ports import Sink
    from ingest.quarantine import Quarantine


BACK_OFF = (0.5, 60.0)
"""Seconds before a refused batch is written again, at first and at most; doubled each time, with jitter."""


class Health(NamedTuple):
    """How a consumer is.

    Attributes:
        trouble: why it does not go on; "" where it does.
        alarm: the trouble will not pass by itself.
    """

    trouble: str = ""
    hint: str = ""
    alarm: bool = False


class Desk(NamedTuple):
    """What a consumer works with."""

    cursor: Cursor
    sink: Sink
    ledger: Ledger
    quarantine: Quarantine
