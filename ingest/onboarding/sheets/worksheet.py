"""The XML inside an XLSX: texts and cells. XML that declares anything of its own (entities, a DTD) is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from ingest.i18n import said
from ingest.onboarding.sheets.cell import MAX_CELL, MAX_COLUMNS, MAX_ROWS, Cell, too_many
from ingest.onboarding.sheets.row import Unreadable

if TYPE_CHECKING:
    from typing import IO

    from ingest.onboarding.sheets.cell import Kind

_CHUNK = 64 * 1024
_REFERENCE = re.compile(r"([A-Z]{1,3})\d*")
_KINDS: Final[dict[str, Kind]] = {"n": "number", "d": "number", "e": "error"}


class Reader:
    """What has to be done at the beginning and the end of an element, and with the text between."""

    def read(self, stream: IO[bytes]) -> None:
        """Go through the whole stream.

        Raises:
            Unreadable: it is no XML, or declares something.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = lambda name, attributes: self.start(name.rpartition(":")[2], attributes)
        parser.EndElementHandler = lambda name: self.end(name.rpartition(":")[2])
        parser.CharacterDataHandler = self.text
        parser.StartDoctypeDeclHandler = _declared
        try:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)  # noqa: FBT003  (expat takes it by place)
            parser.Parse(b"", True)  # noqa: FBT003
        except expat.ExpatError as error:
            raise _damaged() from error

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Characters within an element."""


class Attributes(Reader):
    """The attributes of all elements of one name, in their order."""

    def __init__(self, wanted: str) -> None:
        self.found: list[dict[str, str]] = []
        self._wanted = wanted

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Keep those of the element, without prefixes."""
        if name == self._wanted and len(self.found) < MAX_COLUMNS:
            self.found.append({key.rpartition(":")[2]: value for key, value in attributes.items()})


class Texts(Reader):
    """The shared strings: cells name them by number."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._parts: list[str] = []
        self._inside = ""

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        """A string has runs of text, and perhaps how it is spoken, which is no part of it."""
        if name == "si":
            self._parts = []
        if name in ("t", "rPh") and self._inside != "rPh":
            self._inside = name

    def end(self, name: str) -> None:
        """A string is whole."""
        if name in (self._inside, "rPh"):
            self._inside = ""
        if name == "si":
            self.found.append("".join(self._parts)[: MAX_CELL + 1])

    def text(self, text: str) -> None:
        """A run of it."""
        if self._inside == "t":
            self._parts.append(text)


class Worksheet(Reader):
    """The cells of a worksheet, by row and column."""

    def __init__(self, texts: list[str]) -> None:
        self.rows: dict[int, dict[int, Cell]] = {}
        self._texts = texts
        self._row = self._column = 0
        self._type = ""
        self._formula = False
        self._value: list[str] = []
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """A row or a cell, whose place may be left out where it is the next one."""
        if name == "row":
            self._row = _number(attributes.get("r"), self._row + 1)
            self._column = -1
        elif name == "c":
            place = _REFERENCE.match(attributes.get("r", ""))
            self._column = _column(place[1]) if place else self._column + 1
            self._type, self._formula, self._value = attributes.get("t", "n"), False, []
        elif name == "f":
            self._formula = True
        elif name in ("v", "t"):
            self._inside = True

    def end(self, name: str) -> None:
        """A cell is whole."""
        if name in ("v", "t"):
            self._inside = False
        elif name == "c":
            self._keep()

    def text(self, text: str) -> None:
        """Of the value."""
        if self._inside:
            self._value.append(text)

    def _keep(self) -> None:
        text = "".join(self._value)
        if not text.strip() and not self._formula:
            return
        if self._column >= MAX_COLUMNS or len(self.rows) > MAX_ROWS:
            raise too_many()
        if self._type == "s":
            text = self._shared(text)
        kind: Kind = _KINDS.get(self._type, "text")
        if self._formula and (kind == "text" or not text):
            kind = "formula"
        self.rows.setdefault(self._row, {})[self._column] = Cell(text[: MAX_CELL + 1].strip(), kind)

    def _shared(self, number: str) -> str:
        place = _number(number, -1)
        if not 0 <= place < len(self._texts):
            raise _damaged()
        return self._texts[place]


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= len(str(10**7)) else otherwise


def _column(letters: str) -> int:
    place = 0
    for one in letters:
        place = place * 26 + ord(one) - ord("A") + 1
    return place - 1


def _damaged() -> Unreadable:
    return Unreadable(said("sheets.damaged"), said("sheets.save_as"))


def _declared(*_: object) -> None:
    raise _damaged()
