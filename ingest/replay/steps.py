"""A long work on the worker's side: a step for each question, so that nobody else waits for long."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from ingest.errors import CityloraError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.journal.reader import SqliteReader

STEP_SECONDS = 0.5
"""How long one question is worked on, about; a slice that is begun is ended."""


class Staged(Protocol):
    """How far a work has come."""

    @property
    def stage(self) -> str:
        """`done` at its end."""
        ...


P = TypeVar("P", bound=Staged)


class Steps(Generic[P]):
    """The work under way, one at a time.

    Args:
        what: it is, such as "replay".
    """

    def __init__(self, what: str) -> None:
        self._what = what
        self._steps: Iterator[P] | None = None
        self._opened = ExitStack()

    def begin(self, reader: SqliteReader, steps: Iterator[P]) -> None:
        """Have this worked on, in place of what was; the reader is its own, and is closed with it."""
        self.close()
        self._opened.callback(reader.close)
        self._steps = steps

    def go_on(self) -> P:
        """Work for a while; how far it came.

        Raises:
            CityloraError: nothing is under way; or as the work itself.
        """
        if self._steps is None:
            raise CityloraError(
                f"no {self._what} is under way", "begin one: the worker was restarted, or another began"
            )
        ends = time.monotonic() + STEP_SECONDS
        try:
            for progress in self._steps:
                if progress.stage == "done" or time.monotonic() >= ends:
                    break
        except BaseException:
            self.close()
            raise
        if progress.stage == "done":
            self.close()
        return progress

    def close(self) -> None:
        """Forget the work under way, with what it would undo at its end."""
        if isinstance(self._steps, Generator):
            self._steps.close()
        self._steps = None
        self._opened.close()
