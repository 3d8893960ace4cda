"""What the engine is told: events as the journal has them, the clock, and how the sources are. Pure values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

from ingest.ports import Sink

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from ingest.decoding.point import Point


class Heard(NamedTuple):
    """An event that is no duplicate, and what it comes to.

    Attributes:
        source: the broker that it came from.
        received_at: when the network had it, ns UTC.
        dev_eui: of whom it is; "" where it is of no device.
        points: its rows as they are stored; with those that revise rows before.
        failed: its payload could not be decoded.
        gateways: that heard it.
        arrived_at: when it came here, ns UTC.
    """

    source: str
    received_at: int
    dev_eui: str
    points: Sequence[Point]
    failed: bool = False
    gateways: Sequence[str] = ()
    arrived_at: int = 0


class Tick(NamedTuple):
    """Time goes on.

    Attributes:
        now: wall clock, ns UTC.
        live: the sources that are connected and whose events are all read: of those time has passed even where nothing
            came.
        health: what `Health` signals look at: (of, id) -> number; of `lag` and `failing` by sink, of `stalled` by
            source, of `disk` ("disk", "").
        retired: devices that are at no site any more, by the registry: that they are silent is no wonder.
    """

    now: int
    live: frozenset[str] = frozenset()
    health: Mapping[tuple[str, str], float] = {}
    retired: AbstractSet[str] = frozenset()


@runtime_checkable
class Hearing(Sink, Protocol):
    """A sink that looks at the events themselves, and not at their points alone."""

    def hear(self, events: Sequence[Heard]) -> None:
        """Take a batch of them, in the transaction and before the `write` of their points."""
        ...
