"""A bar on a terminal, in bytes or in events; nothing elsewhere."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def bar(title: str, *, unit: str = "bytes") -> Iterator[Callable[[int, int], None]]:
    """Show how far something is: the function takes what is done so far, and what there is in all."""
    if not sys.stderr.isatty():
        yield lambda _done, _size: None
        return
    from rich.console import Console  # noqa: PLC0415  (0.1 s)
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    amount = DownloadColumn() if unit == "bytes" else MofNCompleteColumn()
    columns = (TextColumn(title), BarColumn(), amount, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as shown:
        task = shown.add_task("", total=None)
        yield lambda done, size: shown.update(task, completed=done, total=size)
