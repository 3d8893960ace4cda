"""A sheet before it means anything: lines of cells, whatever file they came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from ingest.i18n import said
from ingest.onboarding.sheets.row import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.i18n import Said

MAX_BYTES = 5_000_000
"""Of a file: 20,000 devices with long lines. What is larger is no list of devices."""

MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 2_000
"""Characters: the longest that any cell of any platform needs is a description."""

Kind: TypeAlias = Literal["text", "number", "formula", "error"]
"""What the file says that a cell is. CSV knows text alone; what is a number elsewhere may have lost its digits."""


class Cell(NamedTuple):
    """A cell, as text: for a formula what the sheet shows, without spaces round it."""

    text: str
    kind: Kind = "text"


class Record(NamedTuple):
    """A line of the sheet.

    Attributes:
        line: of the file, or the row of the worksheet; the first is 1.
        broken: why its cells cannot be told apart; None where they can.
    """

    line: int
    cells: tuple[Cell, ...]
    broken: Said | None = None

    def texts(self) -> list[str]:
        """The cells without their kinds."""
        return [cell.text for cell in self.cells]


class Table(NamedTuple):
    """All lines in which something stands.

    Attributes:
        header: whether the first one has the names of the columns for certain.
        delimiter: what stands between the cells; "" where nothing has to.
        notes: what somebody should know of the file.
        guessed: its encoding was guessed, so that letters with marks may be wrong.
    """

    records: tuple[Record, ...]
    header: bool = False
    delimiter: str = ""
    notes: tuple[Said, ...] = ()
    guessed: bool = False


def bounded(records: Iterable[Record]) -> tuple[Record, ...]:
    """Those in which something stands, unless they are too many.

    Raises:
        Unreadable: they are.
    """
    found: list[Record] = []
    for record in records:
        if record.broken is None and not any(cell.text for cell in record.cells):
            continue
        if len(found) > MAX_ROWS or len(record.cells) > MAX_COLUMNS:
            raise too_many()
        found.append(record)
    return tuple(found)


def too_many() -> Unreadable:
    """To be raised: the sheet has more lines or columns than any list of devices."""
    return Unreadable(said("sheets.too_many", rows=MAX_ROWS, columns=MAX_COLUMNS), said("sheets.split"))
