"""Where the demo is watched: a live picture in a terminal, or a line every few seconds where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

import click
from rich.console import Console
from rich.live import Live

from ingest.demo.screen import SMALLEST, clock, picture

if TYPE_CHECKING:
    from types import TracebackType

    from ingest.demo.observer import Snapshot
    from ingest.demo.screen import Scene

FIRST = 1.0
"""Seconds before the first line: before that there is nothing to tell."""


class View(Protocol):
    """Shows snapshots on stderr, while its context is open.

    Attributes:
        interval: seconds between two snapshots that it wants.
    """

    interval: float

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def show(self, snapshot: Snapshot, phase: str = "") -> None:
        """Show a snapshot; `phase` is what is going on, "" for the usual."""


def choose(scene: Scene) -> View:
    """The picture where stderr is a terminal that has room for it, else lines."""
    console = Console(stderr=True)
    columns, lines = SMALLEST
    if console.is_terminal and not console.is_dumb_terminal and console.width >= columns and console.height >= lines:
        return Picture(scene, console)
    return Lines()


class Picture:
    """The live picture, on a screen of its own that leaves nothing behind."""

    interval = 0.25

    def __init__(self, scene: Scene, console: Console) -> None:
        self._scene = scene
        self._console = console
        self._live = Live(console=console, screen=True, auto_refresh=False)

    def __enter__(self) -> Self:
        self._live.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.__exit__(kind, error, trace)

    def show(self, snapshot: Snapshot, phase: str = "") -> None:
        """Draw it anew."""
        size = (self._console.width, self._console.height)
        self._live.update(picture(self._scene, snapshot, size, phase), refresh=True)


class Lines:
    """A line on stderr, at once and then every few seconds."""

    interval = 0.5
    every = 5.0

    def __init__(self) -> None:
        self._shown_at = FIRST - self.every
        self._notes: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def show(self, snapshot: Snapshot, phase: str = "") -> None:
        """Print it, if it is time."""
        for note in snapshot.notes:
            if note not in self._notes:
                self._notes.add(note)
                click.echo(note, err=True)
        if phase or snapshot.elapsed - self._shown_at >= self.every:
            self._shown_at = snapshot.elapsed
            click.echo(_line(snapshot) + (f"  {phase}" if phase else ""), err=True)


def _line(snapshot: Snapshot) -> str:
    received, *parts = snapshot.identity._asdict().items()
    total = " + ".join(f"{count} {name}" for name, count in parts)
    verdict = "adds up" if snapshot.identity.adds_up else "DOES NOT ADD UP"
    took = f", {snapshot.latency.p50:.1f} ms to the store" if snapshot.latency else ""
    return (
        f"{clock(snapshot.elapsed)}  {received[1]} received = {total}: {verdict}; {snapshot.received_rate:.1f}/s{took}"
    )
