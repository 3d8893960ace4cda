"""How a command changes the data directory: it asks the worker that holds it, else makes one for the moment.

Source of the rule: docs/design.md, One writer.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ingest import control
from ingest.app import Worker
from ingest.data_dir import SOCKET
from ingest.observe.log import Lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ingest.config import Settings
    from ingest.config.alerts import Alerts


def runs(settings: Settings) -> bool:
    """Whether a worker holds the directory and answers.

    Raises:
        CityloraError: it does not answer.
    """
    return control.ask(settings.data_dir / SOCKET, "status", timeout=control.PATIENCE) is not None


def ask(settings: Settings, do: str, **values: Any) -> control.Answer | None:
    """Have the worker do it; None where none runs.

    Raises:
        CityloraError: the worker refused, or does not answer.
    """
    # What is asked for may take minutes: one that hangs shows by what it answers at once.
    return control.ask(settings.data_dir / SOCKET, do, **values) if runs(settings) else None


def unwatched(settings: Settings) -> Alerts:
    """[alerts] switched off: what a command reads is not judged, and waits for the worker that does."""
    return settings.alerts.model_copy(update={"enabled": False})


@contextmanager
def own(settings: Settings, log: Callable[[str], None]) -> Iterator[Worker]:
    """A worker of our own, without brokers and alerts, which holds the directory meanwhile."""
    worker = Worker(settings.model_copy(update={"broker": (), "lns": (), "alerts": unwatched(settings)}), Lines(log))
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
