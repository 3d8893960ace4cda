"""Lists come in pages; an order that no change of a name disturbs keeps them from overlapping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE = 1000
"""Rows that are asked for at a time: some 200 kB of devices. A limit of 0 would give the count alone."""


def rows(ask: Callable[[int, int], Any]) -> Iterator[Any]:
    """All rows of a list.

    Args:
        ask: is given limit and offset, and gives the answer.
    """
    offset = 0
    while True:
        page = ask(PAGE, offset).result
        yield from page
        offset += len(page)
        if len(page) < PAGE:
            return
