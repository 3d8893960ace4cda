"""What a sheet came to: its rows, each with a verdict, and how its columns were understood."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from ingest.onboarding.identifiers import holds_key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.i18n import Language, Said
    from ingest.onboarding.wanted import Wanted

Status: TypeAlias = Literal["ok", "warn", "ask", "refused", "skipped"]
"""`ok` and `warn` can be made; of `ask` a person decides first; `refused` is wrong, `skipped` is nothing to make."""

GOOD: tuple[Status, ...] = ("ok", "warn")

WORST: tuple[Status, ...] = ("ok", "warn", "ask", "skipped", "refused")
"""Of several remarks on a row the last one in this order counts."""


class Unreadable(Exception):  # noqa: N818  (named for what the file is)
    """A file is no sheet that can be read, or too large for one.

    Attributes:
        said: what it is instead.
        remedy: what to do.
    """

    def __init__(self, said: Said, remedy: Said) -> None:
        super().__init__(said.key)
        self.said = said
        self.remedy = remedy


class Remark(NamedTuple):
    """Something about a row that somebody has to know.

    Attributes:
        column: its title, or its letter where it has none; "" for the row as a whole.
        said: what is wrong, and what to do. It repeats nothing of a cell that may hold a key.
    """

    status: Status
    column: str
    said: Said

    def in_(self, language: Language) -> str:
        """`AppKey: 31 hex digits, not 32`."""
        text = self.said.in_(language)
        return f"{self.column}: {text}" if self.column else text


class Row(NamedTuple):
    """A device of a sheet.

    Attributes:
        line: of the file, or the row of the worksheet; the first is 1.
        wanted: the device, if the status is `ok` or `warn`; None otherwise.
        dev_eui: as far as it could be read, also of a row that is refused; likewise those that follow.
        app_key_tail: the last four digits of the root key.
        latitude: degrees north, WGS 84; None where the sheet has none that can be used.
        longitude: degrees east.
    """

    line: int
    status: Status
    remarks: tuple[Remark, ...] = ()
    wanted: Wanted | None = None
    dev_eui: str | None = None
    join_eui: str | None = None
    app_key_tail: str | None = None
    name: str = ""
    latitude: float | None = None
    longitude: float | None = None

    def reason(self, language: Language) -> str:
        """All remarks, those first that decide the status."""
        first = sorted(self.remarks, key=lambda one: one.status != self.status)
        return "; ".join(one.in_(language) for one in first)

    def as_json(self, language: Language) -> dict[str, object]:
        """The object of `citylora device import --json`."""
        return {
            "row": self.line, "dev_eui": self.dev_eui, "join_eui": self.join_eui, "app_key_tail": self.app_key_tail,
            "name": self.name, "lat": self.latitude, "lon": self.longitude,
            "status": self.status, "reason": self.reason(language),
        }  # fmt: skip


class Column(NamedTuple):
    """A column, and what it was taken for.

    Attributes:
        title: as the sheet has it; "" where the sheet has no titles.
        field: of `fields.FIELDS`, or `tag:<key>`; None where it is not used.
    """

    place: int
    title: str
    field: str | None = None

    @property
    def called(self) -> str:
        """The title, or the letter that a spreadsheet gives the column where the title is empty or a key."""
        return letter(self.place) if not self.title or holds_key(self.title) else self.title


class Sheet(NamedTuple):
    """A sheet that was read.

    Attributes:
        source: which platform or maker it comes from, as far as its columns tell.
        columns: in their order; of JSON, the paths of the values.
        notes: what somebody should know of the sheet as a whole.
    """

    rows: tuple[Row, ...]
    source: Said
    columns: tuple[Column, ...]
    notes: tuple[Said, ...] = ()

    def good(self) -> Sequence[Row]:
        """Those that can be made."""
        return [row for row in self.rows if row.status in GOOD]


def letter(place: int) -> str:
    """The name of a column in a spreadsheet: 0 is A, 26 is AA."""
    name = ""
    while place >= 0:
        place, digit = divmod(place, 26)
        name, place = chr(ord("A") + digit) + name, place - 1
    return name
