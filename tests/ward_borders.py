"""`python -m tests.ward_borders FOLDER`: makes ingest/registry/wards.geojson from the full borders, once in years.

FOLDER is json/geojson/48_da_nang/wards of github.com/thanglequoc/vietnamese-provinces-database (MIT). Its polygons
share their vertices exactly. So each border is cut where three wards meet, or two and nobody, and each piece is
simplified once (Douglas and Peucker): neighbours keep one common border, without slits.
"""

import json
import math
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from ingest.registry.wards import FILE

Point = tuple[float, float]
Ring = list[Point]

FINE, COARSE = 40.0, 300.0
"""Metres that a simplified border may lie off: of a ward of the town, and between communes of the mountains."""

SMALL = 40e6
"""Square metres: a ward that is smaller has fine borders."""

DIGITS = 5
"""Of a degree: 1 m."""

SMALLEST = 20_000.0
"""Square metres: a smaller islet is left out, unless it is all there is of a ward."""

DEGREE = 111_195.0
"""Metres of a degree of latitude."""

WEST_EAST = DEGREE * math.cos(math.radians(15.9))
"""Metres of a degree of longitude, as good as anywhere in the city."""

TITLE = {
    "title": "Wards, communes and the special zone of Đà Nẵng since 1 July 2025",
    "source": "https://github.com/thanglequoc/vietnamese-provinces-database"
    " at commit cd58063299585146ded3981f2272946ef19ced54",
    "licence": "MIT, see WARDS-LICENSE beside this file; codes are the General Statistics Office's",
    "changed": "names spelled as in Resolution 1659/NQ-UBTVQH15; borders simplified, off by up to `within` m",
}


def main(arguments: Sequence[str]) -> None:
    """Write the file."""
    wards = [
        json.loads(path.read_text("utf-8"))["features"][0] for path in sorted(Path(arguments[0]).glob("*.geojson"))
    ]
    rings = {ward["id"]: [_ring(line) for polygon in _polygons(ward) for line in polygon[:1]] for ward in wards}
    simple = simplified(rings)
    within = {code: FINE if sum(map(_area, own)) < SMALL else COARSE for code, own in rings.items()}
    features = [_feature(ward, simple[ward["id"]], within[ward["id"]]) for ward in wards]
    lines = ",\n".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in features)
    head = json.dumps({"type": "FeatureCollection", **TITLE}, ensure_ascii=False)[:-1]
    FILE.write_text(f'{head}, "features": [\n{lines}\n]}}\n', "utf-8")


def simplified(rings: dict[str, list[Ring]]) -> dict[str, list[Ring]]:
    """The outer rings of each ward, with fewer vertices and the same neighbours."""
    knots = set(_knots(ring for own in rings.values() for ring in own))
    fine = {point for own in rings.values() if sum(map(_area, own)) < SMALL for ring in own for point in ring}
    found: dict[str, list[Ring]] = {}
    for code, own in rings.items():
        largest = max(map(_area, own))
        wanted = [ring for ring in own if _area(ring) >= min(SMALLEST, largest)]
        made = [_simplified(ring, knots, fine) for ring in wanted]
        found[code] = [ring for ring in made if len(ring) > 3]  # a line out and back is no ring
    return found


def _knots(rings: Iterable[Ring]) -> Iterator[Point]:
    """The vertices where a border begins, ends or meets another."""
    edges: dict[Point, dict[Point, int]] = defaultdict(lambda: defaultdict(int))
    for ring in rings:
        for one, other in pairwise(ring):
            edges[one][other] += 1
            edges[other][one] += 1
    for point, ways in edges.items():
        if len(ways) != 2 or len(set(ways.values())) != 1:  # in, and out again
            yield point


def _simplified(ring: Ring, knots: set[Point], fine: set[Point]) -> Ring:
    """The ring, piece by piece between its knots; a ring without any (an island) is cut where it is lowest."""
    body = ring[:-1]
    cuts = [place for place, point in enumerate(body) if point in knots]
    if len(cuts) < 2:
        first = cuts[0] if cuts else body.index(min(body))
        far = max(range(len(body)), key=lambda place: _apart(body[place], body[first]))
        cuts = sorted({first, far})
    result: Ring = []
    for number, start in enumerate(cuts):
        end = cuts[(number + 1) % len(cuts)]
        piece = body[start : end + 1] if start < end else [*body[start:], *body[: end + 1]]
        turned = piece[0] > piece[-1]  # from whichever side it is walked: the same piece gives the same points
        tolerance = FINE if fine.issuperset(piece) else COARSE
        kept = _thinned(piece[::-1] if turned else piece, tolerance)
        result += (kept[::-1] if turned else kept)[:-1]
    rounded = [(round(x, DIGITS), round(y, DIGITS)) for x, y in result]
    return [*rounded, rounded[0]]


def _thinned(piece: Ring, tolerance: float) -> Ring:
    """Douglas and Peucker, without recursion: some coasts have thousands of vertices."""
    keep = {0, len(piece) - 1}
    spans = [(0, len(piece) - 1)]
    while spans:
        low, high = spans.pop()
        if high - low < 2:
            continue
        far = max(range(low + 1, high), key=lambda place: _off(piece[place], piece[low], piece[high]))
        if _off(piece[far], piece[low], piece[high]) > tolerance:
            keep.add(far)
            spans += [(low, far), (far, high)]
    return [piece[place] for place in sorted(keep)]


def _off(point: Point, one: Point, other: Point) -> float:
    """Metres between a point and the line from one to the other."""
    x, y = ((point[0] - one[0]) * WEST_EAST, (point[1] - one[1]) * DEGREE)
    dx, dy = ((other[0] - one[0]) * WEST_EAST, (other[1] - one[1]) * DEGREE)
    length = dx * dx + dy * dy
    share = min(1.0, max(0.0, (x * dx + y * dy) / length)) if length else 0.0
    return math.hypot(x - share * dx, y - share * dy)


def _apart(one: Point, other: Point) -> float:
    return math.hypot((one[0] - other[0]) * WEST_EAST, (one[1] - other[1]) * DEGREE)


def _area(ring: Ring) -> float:
    """Square metres."""
    pairs = pairwise(ring)
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs)) / 2 * WEST_EAST * DEGREE


def _ring(line: list[list[float]]) -> Ring:
    return [(point[0], point[1]) for point in line]


def _polygons(ward: dict[str, Any]) -> list[list[list[list[float]]]]:
    geometry = ward["geometry"]
    polygons: list[list[list[list[float]]]] = (
        geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    )
    return polygons


def _feature(ward: dict[str, Any], rings: list[Ring], within: float) -> dict[str, Any]:
    """Code, name, kind, a point inside, and the border."""
    said = ward["properties"]
    name = re.sub(r"oà\b", "òa", unicodedata.normalize("NFC", said["name"]))
    kind = next(kind for kind in ("Phường", "Xã", "Đặc khu") if said["fullName"].startswith(kind))
    centre = [round(value, DIGITS) for value in _inside(max(rings, key=_area))]
    edges = [sorted(point[axis] for ring in rings for point in ring) for axis in (0, 1)]
    return {
        "type": "Feature",
        "id": ward["id"],
        "bbox": [edges[0][0], edges[1][0], edges[0][-1], edges[1][-1]],
        "properties": {
            "code": said["code"], "name": name, "name_en": said["nameEn"], "kind": kind, "centre": centre,
            "within": within,
        },
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]},
    }  # fmt: skip


def _inside(ring: Ring) -> Point:
    """The centre of gravity where it lies inside, else the middle of the widest stretch at its height."""
    twice = x = y = 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = (x1 - ring[0][0]) * (y2 - ring[0][1]) - (x2 - ring[0][0]) * (y1 - ring[0][1])
        twice += cross
        x += (x1 + x2 - 2 * ring[0][0]) * cross
        y += (y1 + y2 - 2 * ring[0][1]) * cross
    x, y = ring[0][0] + x / (3 * twice), ring[0][1] + y / (3 * twice)
    crossings = sorted(
        (x2 - x1) * (y - y1) / (y2 - y1) + x1 for (x1, y1), (x2, y2) in pairwise(ring) if (y1 > y) != (y2 > y)
    )
    stretches = list(zip(crossings[::2], crossings[1::2], strict=True))
    if any(west < x < east for west, east in stretches):
        return x, y
    west, east = max(stretches, key=lambda one: one[1] - one[0])
    return (west + east) / 2, y


if __name__ == "__main__":
    main(sys.argv[1:])
