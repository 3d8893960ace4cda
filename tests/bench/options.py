"""What every bench is told, and the folder that it may fill."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Result: TypeAlias = dict[str, Any]
"""What a bench gives back: figures, and tables as lists of rows; only what JSON has."""


@dataclass(frozen=True)
class Options:
    """What the command line said.

    Attributes:
        folder: where the data directories are made; on a real disk, or the figures mean nothing.
        messages: uplinks of a drain.
        rounds: how often the subjects take turns.
        devices: of the simulated city.
        seconds: length of the runs at 1,000/s.
        minutes: length of the runs whose slopes are looked at.
        rate: uplinks a second of the sustained run.
        subjects: who takes turns in a drain.
        store: the store sink is on.
        mix: of the simulated city's models in a drain, by its name.
    """

    folder: Path
    messages: int = 100_000
    rounds: int = 3
    devices: int = 2_000
    seconds: float = 30.0
    minutes: float = 10.0
    rate: float = 5_000.0
    subjects: tuple[str, ...] = ("citylora", "floor")
    store: bool = False
    mix: str = "core"

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder on the disk that is measured; gone afterwards."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="run-", dir=self.folder, ignore_cleanup_errors=True) as name:
            yield Path(name)
