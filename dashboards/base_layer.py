"""The map below the sites: borders of wards as a file that Grafana itself serves, so that no internet is needed."""

from __future__ import annotations

import json
from typing import Any

FILE = "citylora-wards.geojson"

_PLACES = 4
"""Decimals of a degree: 11 m, finer than the borders are."""


def base_layer(wards: str) -> str:
    """The borders with code and name, and where they come from; whatever else a ward has is left out.

    Args:
        wards: a FeatureCollection of MultiPolygons, GeoJSON.
    """
    given: dict[str, Any] = json.loads(wards)
    about = {key: value for key, value in given.items() if isinstance(value, str)}
    features = ",\n".join(
        json.dumps(_feature(one), ensure_ascii=False, separators=(",", ":")) for one in given["features"]
    )
    head = json.dumps(about, ensure_ascii=False, indent=0).rstrip("}\n")
    return f'{head},\n"features":[\n{features}\n]}}\n'


def _feature(one: dict[str, Any]) -> dict[str, Any]:
    properties = {key: one["properties"][key] for key in ("code", "name")}
    geometry = {"type": one["geometry"]["type"], "coordinates": _rounded(one["geometry"]["coordinates"])}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _rounded(found: Any) -> Any:
    return [_rounded(one) for one in found] if isinstance(found, list) else round(found, _PLACES)
