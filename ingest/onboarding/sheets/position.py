"""Positions as sheets write them: decimal point or comma, degrees with minutes, both numbers in one cell.

Nothing is turned round: what cannot be a position in Việt Nam is left out with a word, and the device is made without.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ingest.i18n import said
from ingest.registry import wards

if TYPE_CHECKING:
    from ingest.i18n import Said

_DECIMAL = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?")
_SEXAGESIMAL = re.compile(
    r"(\d{1,3})\s*[°ºd:\s]\s*(\d{1,2})\s*['\u2032\u2019m:\s]\s*(\d{1,2}(?:[.,]\d+)?)?\s*(?:[\"\u2033\u201ds]|'')?"
)
_SIDE = re.compile(r"^\s*([NSEWnsew])\s*|\s*([NSEWnsew])\s*$")
_PAIR = re.compile(r"^\s*\(?\s*([^,;]+?\.[^,;]*?)\s*[,;\s]\s*([^,;\s]+?\.[^,;]*?)\s*\)?\s*$")
_COMMAS = re.compile(r"^\s*\(?\s*([+-]?\d{1,3},\d+)\s*[;\s]\s*([+-]?\d{1,3},\d+)\s*\)?\s*$")
"""With decimal commas no comma can stand between them."""

_LONGEST = 60
"""Characters of a position, however it is written."""

_POLE, _DATE_LINE = 90.0, 180.0
_VIET_NAM = (8.0, 24.0), (102.0, 118.0)
"""Degrees north and east, with the islands."""


class Position(NamedTuple):
    """Where a device is, and what is doubtful about it.

    Attributes:
        latitude: degrees north; None where there is no position that can be used.
    """

    latitude: float | None = None
    longitude: float | None = None
    doubt: Said | None = None


def position(latitude: str, longitude: str) -> Position:
    """The position of two cells."""
    north, east = degrees(latitude), degrees(longitude)
    if north is None or east is None:
        one = not latitude or not longitude
        return Position(doubt=said("sheets.half_position" if one else "sheets.no_position"))
    if abs(north) > _POLE or abs(east) > _DATE_LINE or (_in_viet_nam(east, north) and not _in_viet_nam(north, east)):
        swapped = _in_viet_nam(east, north)
        return Position(doubt=said("sheets.swapped" if swapped else "sheets.no_position"))
    if not north and not east:
        return Position(doubt=said("sheets.zero_position"))
    if not _in_viet_nam(north, east):
        return Position(north, east, said("sheets.not_in_viet_nam"))
    return Position(north, east)


def pair(text: str) -> tuple[str, str]:
    """The two numbers of one cell, in its order; both "" where there are not two."""
    found = _PAIR.match(text) or _COMMAS.match(text) if len(text) <= _LONGEST else None
    return (found[1], found[2]) if found else ("", "")


def in_ward(found: Position, ward: wards.Ward | None) -> Position:
    """The same position, with the doubt that it lies outside of its ward, or of all wards."""
    if found.latitude is None or found.longitude is None or found.doubt:
        return found
    if ward is not None:
        if ward.may_hold(found.latitude, found.longitude):
            return found
        away = round(ward.outside(found.latitude, found.longitude))
        return found._replace(doubt=said("sheets.outside_ward", ward=ward.title, metres=away))
    if wards.containing(found.latitude, found.longitude) is None:
        return found._replace(doubt=said("sheets.outside_city"))
    return found


def degrees(text: str) -> float | None:
    """Degrees; None where the text is none."""
    if len(text) > _LONGEST:
        return None
    side = _SIDE.search(text)
    sign = -1.0 if side and (side[1] or side[2]).upper() in "SW" else 1.0
    bare = _SIDE.sub("", text).strip().removesuffix("°").strip()
    if _DECIMAL.fullmatch(bare):
        return sign * float(bare.replace(",", "."))
    parts = _SEXAGESIMAL.fullmatch(bare)
    if parts is None:
        return None
    seconds = float((parts[3] or "0").replace(",", "."))
    return sign * (int(parts[1]) + int(parts[2]) / 60 + seconds / 3600)


def _in_viet_nam(north: float, east: float) -> bool:
    (south, top), (west, right) = _VIET_NAM
    return south <= north <= top and west <= east <= right
