"""Which column is what: by the titles, by what a person says, and without titles by the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.i18n import said
from ingest.onboarding.doubts import Doubt
from ingest.onboarding.names import folded
from ingest.onboarding.sheets import untitled
from ingest.onboarding.sheets.fields import MAPPABLE, is_reversed, mappable, meaning
from ingest.onboarding.sheets.platforms import platform, source
from ingest.onboarding.sheets.row import Column, Unreadable, letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ingest.i18n import Said
    from ingest.onboarding.sheets.cell import Record, Table
    from ingest.onboarding.sheets.platforms import Platform

_ABOVE = 20
"""Lines among which the titles are looked for."""

_WEAK = ("id", "deviceid", "unitid", "idsdeviceid", "macambien", "mathietbi")
"""Titles that mean a DevEUI for some and a name or a model for others."""


class Layout(NamedTuple):
    """How the lines of a sheet are to be read.

    Attributes:
        first: index of the first record that is a device.
        titles: folded, to know them again further down; empty where there are none.
        doubt: what somebody has to look at, or to decide, of every row.
        trouble: why no row can be made.
    """

    columns: tuple[Column, ...]
    source: Said
    first: int = 0
    titles: tuple[str, ...] = ()
    notes: tuple[Said, ...] = ()
    doubt: Doubt | None = None
    trouble: Said | None = None


def layout(table: Table, form: str, mapping: Mapping[str, str]) -> Layout:
    """The meaning of the columns.

    Args:
        table: the cells.
        form: the kind of the file, for people.
        mapping: what a person says.

    Raises:
        Unreadable: a column or field of `mapping` is none, or a session key would become a root key.
    """
    place = 0 if table.header else _header(table.records, mapping)
    found = _untitled(table.records, form, mapping) if place is None else _titled(table.records, place, form, mapping)
    records = table.records[found.first :]
    if not any(column.field == "dev_eui" for column in found.columns):
        return found._replace(trouble=_no_device(found.columns, records))
    return found._replace(doubt=found.doubt or _overlooked(found.columns, records))


def _header(records: Sequence[Record], mapping: Mapping[str, str]) -> int | None:
    """Which line has the titles; None where none has."""
    named = {folded(key) for key in mapping if len(key) > 1}
    best, most = None, 0
    for place, record in enumerate(records[:_ABOVE]):
        texts = record.texts()
        worth = sum(meaning(text) is not None or (folded(text) in named and text != "") for text in texts)
        worth += 10 * any(meaning(text) == "dev_eui" for text in texts)
        if worth > most and not any(untitled.is_identity(text) for text in texts):
            best, most = place, worth
    if best is None and records and (untitled.looks_like_titles(records[0]) or not _has_identity(records[:_ABOVE])):
        return 0
    return best


def _has_identity(records: Sequence[Record]) -> bool:
    return any(untitled.is_identity(text) for record in records for text in record.texts())


def _titled(records: Sequence[Record], place: int, form: str, mapping: Mapping[str, str]) -> Layout:
    titles = records[place].texts() if records else []
    found = platform(titles)
    columns = [Column(number, title, _field(title, found)) for number, title in enumerate(titles)]
    columns = _weak(columns, records[place + 1 :])
    columns = mapped(columns, mapping)
    notes = tuple(
        said("sheets.reversed_column", title=column.title)
        for column in columns
        if column.field is None and is_reversed(column.title)
    )
    return Layout(tuple(columns), source(found, form), place + 1, tuple(folded(title) for title in titles), notes)


def _field(title: str, found: Platform | None) -> str | None:
    own = found.fields if found else {}
    name = folded(title)
    return own[name] if name in own else meaning(title)


def _weak(columns: list[Column], records: Sequence[Record]) -> list[Column]:
    """An `Id` is the DevEUI where nothing else is and it looks like one, else the name where nothing else is."""
    fields = {column.field for column in columns}
    for column in columns:
        if column.field in (None, "model") and folded(column.title) in _WEAK:
            euis = untitled.kind_of(column.place, records) == "eui"
            if column.field and not euis:
                continue
            field = "dev_eui" if euis and "dev_eui" not in fields else None if "name" in fields or euis else "name"
            return [one._replace(field=field) if one is column else one for one in columns]
    return columns


def _untitled(records: Sequence[Record], form: str, mapping: Mapping[str, str]) -> Layout:
    found = untitled.guess(records)
    width = max((len(record.cells) for record in records), default=0)
    columns = [Column(place, "", found.fields.get(place)) for place in range(width)]
    columns = mapped(columns, mapping)
    doubt = None if "dev_eui" in mapping.values() else found.doubt
    name = (
        said("sheets.source", name=found.name, form=form) if found.name else said("sheets.source_untitled", form=form)
    )
    return Layout(tuple(columns), name, doubt=doubt)


def mapped(columns: Sequence[Column], mapping: Mapping[str, str]) -> list[Column]:
    """The columns with what a person says of them; what was recognised for the same field gives way.

    Raises:
        Unreadable: there is no such column or field, or the column has session keys.
    """
    chosen: dict[int, str | None] = {}
    for key, field in mapping.items():
        place = _named(columns, key)
        if field != "ignore" and not mappable(field):
            fields = ", ".join((*MAPPABLE, "tag:…", "ignore"))
            raise Unreadable(said("sheets.map_field"), said("sheets.map_field_do", fields=fields))
        if field in ("app_key", "nwk_key") and meaning(columns[place].title) == "session":
            raise Unreadable(said("sheets.map_session", title=columns[place].title), said("sheets.map_session_do"))
        chosen[place] = None if field == "ignore" else field
    return list(_given(columns, chosen))


def _given(columns: Sequence[Column], chosen: Mapping[int, str | None]) -> Iterator[Column]:
    taken = set(chosen.values())
    for column in columns:
        if column.place in chosen:
            yield column._replace(field=chosen[column.place])
        else:
            yield column._replace(field=None) if column.field in taken else column


def _named(columns: Sequence[Column], key: str) -> int:
    """The column of a title, a letter or a number."""
    for same in (lambda one: one.title == key, lambda one: bool(folded(key)) and folded(one.title) == folded(key)):
        if found := next((column for column in columns if same(column)), None):
            return found.place
    number = key.removeprefix("#")
    for column in columns:
        if letter(column.place) == key.upper() or str(column.place + 1) == number:
            return column.place
    titles = ", ".join(column.called for column in columns[:_ABOVE])
    raise Unreadable(said("sheets.map_column"), said("sheets.map_column_do", titles=titles))


def _no_device(columns: Sequence[Column], records: Sequence[Record]) -> Said:
    """Why there is no device: what the columns are instead, and which could be meant."""
    euis = next((one for one in columns if one.field is None and untitled.kind_of(one.place, records) == "eui"), None)
    if euis:
        return said("sheets.perhaps_dev_eui", title=euis.called)
    if any(column.field in ("latitude", "name", "model") for column in columns):
        return said("sheets.no_dev_eui", titles=", ".join(column.called for column in columns[:_ABOVE]))
    return said("sheets.nothing_known")


def _overlooked(columns: Sequence[Column], records: Sequence[Record]) -> Doubt | None:
    """A column that is full of keys, and of which no title says what they are."""
    if any(column.field in ("app_key", "nwk_key", "session") for column in columns):
        return None
    for column in columns:
        if column.field is None and untitled.kind_of(column.place, records) == "key":
            return Doubt("ask", said("sheets.perhaps_app_key", title=column.called))
    return None
