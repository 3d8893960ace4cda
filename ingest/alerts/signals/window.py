"""A signal that is worked out of several values: what it remembers of one scope."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.alerts.sample import Sample


class Window(ABC):
    """Of one scope. Samples come in the order of time, and what is due before one of them, or just then, goes first."""

    __slots__ = ()  # a city of 10,000 devices has 40,000

    @abstractmethod
    def push(self, sample: Sample) -> float | None:
        """Take one; the signal's value then, None where it has none."""

    def due(self) -> int:
        """When the signal may have another value though no sample came, ns UTC; 0: never."""
        return 0

    def at(self, time: int) -> float | None:  # noqa: ARG002  (of those for which something is due)
        """The value of what was due at this time."""
        return None

    def devices(self) -> tuple[str, ...]:
        """Those whose readings it is of, beside the last sample's."""
        return ()

    @abstractmethod
    def pack(self) -> object:
        """What it remembers, of what msgpack has; None where that is nothing."""

    @abstractmethod
    def load(self, packed: object) -> None:
        """Remember what `pack` gave, as msgpack gives it back."""
