"""The seam of the channels: one way to send a message, and what came back as a small value.

A channel judges and does not retry: when what is sent again is in one place, `courier`. One conformance suite runs over
all of them (tests/conformance/test_channel.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.alerts.message import Message

Kind: TypeAlias = Literal["delivered", "later", "refused", "gone"]

PATIENCE = 15.0
"""Seconds that one delivery may take, from the look-up of a name to the end of the answer."""


class Answer(NamedTuple):
    """What became of a delivery.

    Attributes:
        kind: `delivered`; `later`: the endpoint takes nothing now; `refused`: it did not take this message, and may
            take others; `gone`: it is to be sent nothing any more.
        words: what was answered, or what went wrong on the way, for a person; no secret is in it.
        retry_after: seconds that the endpoint asked for; None where it did not.
    """

    kind: Kind
    words: str = ""
    retry_after: float | None = None


class Channel(Protocol):
    """A way to one endpoint.

    `deliver` is called by one thread at a time and returns within about `PATIENCE`. It never raises for what a network,
    an endpoint or a missing secret can do. The same message delivered again is recognised by its id wherever the other
    side can. Secrets are read for each delivery.
    """

    def deliver(self, message: Message) -> Answer:
        """Send a message."""
        ...

    def cut(self) -> None:
        """End the delivery that is under way, which fails; any thread may call it."""
        ...

    def close(self) -> None:
        """Let go of connections; nothing is under way."""
        ...


@runtime_checkable
class Refreshing(Channel, Protocol):
    """A channel whose endpoint forgets what fires where it is not told again."""

    def refresh(self, told: Sequence[Message]) -> Answer:
        """Say again what fires.

        Args:
            told: the last message that the endpoint has got on each alert that fires; `alerts` of each are those of
                which it is the last, and of these alone it is to be told again.
        """
        ...
