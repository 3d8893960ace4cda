"""The 94 wards and communes of Đà Nẵng since 1 July 2025: which one is meant, and which one a position lies in.

Source: wards.geojson beside this file, which names its own source, licence and what was changed.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from math import cos, hypot, inf, radians
from pathlib import Path
from typing import TypeAlias

import msgspec

from ingest.devices import ward_name
from ingest.errors import CityloraError
from ingest.i18n import said

FILE = Path(__file__).with_name("wards.geojson")

SLACK = 40.0
"""Metres outside a border at which a position is let pass, beside those by which the border is simplified: positions of
sites are read off a map."""

_DEGREE = 111_195.0
"""Metres of a degree of latitude."""

Position: TypeAlias = tuple[float, float]
"""Longitude and latitude, as GeoJSON has them."""


class _Properties(msgspec.Struct, frozen=True):
    code: str
    name: str
    name_en: str
    kind: str
    centre: Position
    within: float


class _Geometry(msgspec.Struct, frozen=True):
    coordinates: tuple[tuple[tuple[Position, ...], ...], ...]


class Ward(msgspec.Struct, frozen=True):
    """A ward or commune.

    Attributes:
        bbox: west, south, east, north, in degrees.
    """

    properties: _Properties
    bbox: tuple[float, float, float, float]
    geometry: _Geometry

    @property
    def code(self) -> str:
        """The General Statistics Office's."""
        return self.properties.code

    @property
    def name(self) -> str:
        """The `ward` tag."""
        return self.properties.name

    @property
    def title(self) -> str:
        """The name with what it is: `Phường Hải Châu`."""
        return f"{self.properties.kind} {self.properties.name}"

    def may_hold(self, latitude: float, longitude: float) -> bool:
        """Whether a position may lie inside, as far as the border is known."""
        return self.outside(latitude, longitude) <= self.properties.within + SLACK

    def outside(self, latitude: float, longitude: float) -> float:
        """Metres that a position lies outside of the border; 0 inside."""
        rings = [ring for polygon in self.geometry.coordinates for ring in polygon]
        if any(_holds(ring, longitude, latitude) for ring in rings):
            return 0.0
        return min((_off(ring, longitude, latitude) for ring in rings), default=inf)


class _Collection(msgspec.Struct, frozen=True):
    features: tuple[Ward, ...]


class UnknownWard(CityloraError):  # noqa: N818  (named for the state)
    """No ward is called so."""


@lru_cache(maxsize=1)
def all_wards() -> dict[str, Ward]:
    """All of them, by code."""
    found = msgspec.json.decode(FILE.read_bytes(), type=_Collection)
    return {ward.code: ward for ward in found.features}


@lru_cache(maxsize=1)
def _names() -> dict[str, Ward]:
    return {ward_name(ward.name): ward for ward in all_wards().values()}


def find(text: str) -> Ward:
    """The ward of a code or a name: with or without marks, `Phường` or `Xã`.

    Raises:
        UnknownWard: there is none.
    """
    ward = all_wards().get(text.strip()) or _names().get(ward_name(text))
    if ward is None:
        from difflib import get_close_matches  # noqa: PLC0415  (on a mistake alone)

        near = get_close_matches(ward_name(text), _names(), n=3, cutoff=0.7)
        meant = ", ".join(_names()[name].name for name in near)
        raise UnknownWard(
            said("registry.no_ward", ward=repr(text)),
            said("registry.no_ward_near", near=meant) if near else said("registry.no_ward_remedy"),
        )
    return ward


def name_of(code: str) -> str:
    """The `ward` tag of a code; "" where there is none."""
    ward = all_wards().get(code) if code else None
    return ward.name if ward else ""


def containing(latitude: float, longitude: float) -> Ward | None:
    """The ward that a position lies in; None outside of the city."""
    for ward in all_wards().values():
        west, south, east, north = ward.bbox
        if west <= longitude <= east and south <= latitude <= north and not ward.outside(latitude, longitude):
            return ward
    return None


def _holds(ring: tuple[Position, ...], x: float, y: float) -> bool:
    """Whether a ray to the east crosses the ring an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _off(ring: tuple[Position, ...], x: float, y: float) -> float:
    """Metres to the nearest part of a ring."""
    east = _DEGREE * cos(radians(y))
    flat = [((one - x) * east, (other - y) * _DEGREE) for one, other in ring]
    return min(_to_segment(one, other) for one, other in pairwise(flat))


def _to_segment(one: Position, other: Position) -> float:
    """Metres from (0, 0) to a line from one point to another, all in metres."""
    dx, dy = other[0] - one[0], other[1] - one[1]
    length = dx * dx + dy * dy
    share = min(1.0, max(0.0, -(one[0] * dx + one[1] * dy) / length)) if length else 0.0
    return hypot(one[0] + share * dx, one[1] + share * dy)
