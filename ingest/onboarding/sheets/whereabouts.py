"""Where the device of a line is to be: position, ward, site, height."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from ingest.i18n import said
from ingest.onboarding.sheets.position import Position, in_ward, pair, position
from ingest.registry.describe import SiteError, named
from ingest.registry.site import DATUMS, HIGHEST, LOWEST
from ingest.registry.wards import UnknownWard, Ward, find

if TYPE_CHECKING:
    from ingest.onboarding.sheets.line import Line


class Whereabouts(NamedTuple):
    """As `Wanted` has them."""

    site: str = ""
    ward: str = ""
    latitude: float | None = None
    longitude: float | None = None
    height: float | None = None
    datum: str = ""


def whereabouts(line: Line, *, guessed: bool = False) -> Whereabouts:
    """Read it, with remarks: a doubt about the place keeps no device from being made."""
    ward = _ward(line, guessed=guessed)
    found = in_ward(_position(line), ward)
    if found.doubt:
        line.remark("warn", "position" if line.filled("position") else "latitude", found.doubt)
    datum = line.text("datum").casefold()
    if datum and datum not in DATUMS:
        line.remark("warn", "datum", said("sheets.datum", known=", ".join(DATUMS)))
        datum = ""
    code = ward.code if ward else ""
    return Whereabouts(_site(line), code, found.latitude, found.longitude, _height(line), datum)


def _position(line: Line) -> Position:
    north, east = line.plain("latitude"), line.plain("longitude")
    if not north and not east and (both := line.plain("position")):
        north, east = pair(both)
        if not north:
            return Position(doubt=said("sheets.no_position"))
    return position(north, east) if north or east else Position()


def _ward(line: Line, *, guessed: bool) -> Ward | None:
    text = line.text("ward", guessed=guessed)
    if not text:
        return None
    try:
        return find(text)
    except UnknownWard:
        line.remark("warn", "ward", said("sheets.ward"))
        return None


def _site(line: Line) -> str:
    text = line.text("site")
    if not text:
        return ""
    try:
        return named(text).id
    except SiteError:
        line.remark("refused", "site", said("sheets.site"))
        return ""


def _height(line: Line) -> float | None:
    text = line.plain("height").replace(",", ".")
    if not text:
        return None
    with suppress(ValueError):
        if LOWEST <= float(text) <= HIGHEST:
            return float(text)
    line.remark("warn", "height", said("sheets.height", lowest=LOWEST, highest=HIGHEST))
    return None
