"""What a way in gives to whoever keeps the events, and what it tells beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from gateways.uplink import Event


class Handover(NamedTuple):
    """Events in the order of their arrival.

    Attributes:
        source: name of the broker or port.
        generation: which connection of the source they came by.
        mids: `mids[i]` acknowledges `events[i]`; 0 where nothing is to be acknowledged.
        first: how many events the source has handed over before these, so that whoever keeps them knows if any got
            lost between; 0 also where a source does not count.
    """

    source: str
    generation: int
    events: list[Event]
    mids: list[int]
    first: int = 0


class Incident(NamedTuple):
    """Something that should not have happened, for the administrator."""

    source: str
    kind: str
    detail: str


class SessionOpened(NamedTuple):
    """The broker holds our session from now on.

    Attributes:
        topics: the filters that it holds for us.
    """

    source: str
    client_id: str
    topics: tuple[str, ...] = ()


Report: TypeAlias = Handover | Incident | SessionOpened
