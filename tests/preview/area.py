"""The map: sites with their rings over the borders of wards, as the panel's layers have them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.boards_tree import FOLDER, tree
from tests.preview.draw import nothing
from tests.preview.values import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.preview.answers import Panel, Row
    from tests.preview.draw import Frame

_MARGIN = 24


class _Sheet(NamedTuple):
    """What part of the earth is on the panel, with the scale of its middle."""

    west: float
    north: float
    scale: float
    shrink: float

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = _MARGIN + (longitude - self.west) * self.scale * self.shrink
        return x, _MARGIN + (self.north - latitude) * self.scale


def sites(panel: Panel, found: Sequence[Row], frame: Frame) -> str:
    """All sites that have a position."""
    there = [row for row in found if row.get("latitude") is not None]
    if not there:
        return nothing(panel)
    sheet = _sheet(there, frame)
    parts = [_ward(one["geometry"], sheet) for one in _wards()]
    for layer in panel["options"]["layers"]:
        style = layer["config"]["style"]
        field, size = style["color"]["field"], style["size"]["fixed"]
        told = Told(panel, field)
        for row in there:
            x, y = sheet.place(row["longitude"], row["latitude"])
            colour = told.colour(row.get(field))
            if colour != "transparent":
                parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size / 2:g}" fill="{colour}" opacity="0.9"/>')
    return f'<svg width="{frame.width}" height="{frame.height}">{"".join(parts)}</svg>'


def _sheet(there: Sequence[Row], frame: Frame) -> _Sheet:
    east, west = (how(row["longitude"] for row in there) for how in (max, min))
    north, south = (how(row["latitude"] for row in there) for how in (max, min))
    shrink = math.cos(math.radians((north + south) / 2))
    wide, high = frame.width - 2 * _MARGIN, frame.height - 2 * _MARGIN
    scale = min(wide / max(1e-3, (east - west) * shrink), high / max(1e-3, north - south))
    left = (wide / scale / shrink - (east - west)) / 2
    above = (high / scale - (north - south)) / 2
    return _Sheet(west - left, north + above, scale, shrink)


def _wards() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(tree()[f"{FOLDER}/maps/citylora-wards.geojson"])["features"]
    return found


def _ward(geometry: dict[str, Any], sheet: _Sheet) -> str:
    path = "".join(
        "M" + "L".join("{:.1f} {:.1f}".format(*sheet.place(*point)) for point in ring) + "Z"
        for part in geometry["coordinates"]
        for ring in part
    )
    return f'<path d="{path}" fill="#8a9097" fill-opacity="0.15" stroke="#8a9097"/>'
