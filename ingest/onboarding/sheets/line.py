"""One line of a sheet while it is read: its cells by field, and what was remarked."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from ingest.i18n import Said, said
from ingest.onboarding.identifiers import turned
from ingest.onboarding.sheets.content import begins_formula, misread, text_of
from ingest.onboarding.sheets.fields import is_reversed
from ingest.onboarding.sheets.row import WORST, Column, Remark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ingest.onboarding.sheets.cell import Cell, Record
    from ingest.onboarding.sheets.row import Status
    from ingest.onboarding.wanted import RootKey

_V = TypeVar("_V", bound="str | RootKey")


class Line:
    """The cells of a record in which something stands, by what their columns mean."""

    def __init__(self, record: Record, columns: Sequence[Column]) -> None:
        self.remarks: list[Remark] = []
        self._filled: dict[str, list[tuple[Column, Cell]]] = {}
        for column, cell in zip(columns, record.cells, strict=False):
            if column.field and (cell.text or cell.kind == "formula"):
                self._filled.setdefault(column.field, []).append((column, cell))
        self._titles = {column.field: column.called for column in reversed(columns)}

    @property
    def status(self) -> Status:
        """The worst of the remarks."""
        return max((one.status for one in self.remarks), key=WORST.index, default="ok")

    def has(self, field: str) -> bool:
        """Does the sheet have such a column?"""
        return field in self._titles

    def filled(self, field: str) -> Sequence[tuple[Column, Cell]]:
        """The cells of a field, the first column first."""
        return self._filled.get(field, ())

    def fields(self) -> Sequence[str]:
        """The fields that have a value."""
        return tuple(self._filled)

    def remark(self, status: Status, field: str, text: Said) -> None:
        """Say something of a field, or with "" of the line."""
        found = self._filled.get(field)
        self.remarks.append(Remark(status, found[0][0].called if found else self._titles.get(field, ""), text))

    def plain(self, field: str) -> str:
        """The cell as it stands; "" where there is none."""
        found = self.filled(field)
        return found[0][1].text if found else ""

    def text(self, field: str, *, guessed: bool = False) -> str:
        """The text of a field, "" where there is none or it is refused.

        Where the encoding is guessed, that is said of letters that ASCII does not have.
        """
        found = self.filled(field)
        if not found:
            return ""
        text = text_of(found[0][1])
        if isinstance(text, Said):
            self.remark("refused", field, text)
            return ""
        if begins_formula(text):
            self.remark("warn", field, said("sheets.quoted_formula"))
        if misread(text):
            self.remark("warn", field, said("sheets.misread"))
        elif guessed and not text.isascii():
            self.remark("warn", field, said("sheets.guessed"))
        return text

    def identity(self, field: str, read: Callable[[str], _V | Said]) -> _V | Said | None:
        """An EUI or a key; what is wrong with it; None where nothing is written.

        Two columns of one field have to say the same.
        """
        found: list[_V] = []
        for column, cell in self.filled(field):
            value = _read(cell, read)
            if isinstance(value, str) and is_reversed(column.title):
                value = cast("_V", turned(value))
                self.remark("warn", field, said("sheets.turned", eui=str(value)))
            if isinstance(value, Said) and value.key == "identifiers.nothing":
                continue
            if isinstance(value, Said):
                return value
            found.append(value)
        if any(one != found[0] for one in found):
            return said("sheets.disagree", columns=", ".join(column.called for column, _ in self.filled(field)))
        return found[0] if found else None


def _read(cell: Cell, read: Callable[[str], _V | Said]) -> _V | Said:
    """What a cell says, unless a spreadsheet has made something else of it."""
    if cell.kind == "number":
        return said("sheets.number")
    if cell.kind == "formula" and not cell.text:
        return said("sheets.formula_empty")
    value = read(cell.text)
    return said("sheets.formula") if isinstance(value, Said) and begins_formula(cell.text) else value
