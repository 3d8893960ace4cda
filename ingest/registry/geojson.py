"""Sites as GeoJSON (RFC 7946): a FeatureCollection that every GIS reads, and that comes back as it went out.

`id` is the site's, the geometry its position (null where it has none), and the properties are the rest. What a feature
does not mention stays as it is; null takes it back. Properties that are not ours are left alone.
"""

from __future__ import annotations

import json
from math import inf
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from decoders.quantities import QUANTITIES
from gateways import rfc3339
from ingest.devices import EVER
from ingest.errors import CityloraError
from ingest.registry import wards
from ingest.registry.describe import SiteError, described, located, named
from ingest.registry.site import Calibration, Datum, Reference, Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_SAID = ("name_vi", "name_en", "kind", "orientation", "lanes", "capacity", "owner", "photo", "station")


def feature(site: Site) -> dict[str, Any]:
    """One site."""
    position = None if site.longitude is None else {"type": "Point", "coordinates": [site.longitude, site.latitude]}
    return {"type": "Feature", "id": site.id, "geometry": position, "properties": properties(site)}


def properties(site: Site) -> dict[str, Any]:
    """All of a site but its id and position; null where nobody has said it."""
    return {
        **{name: getattr(site, name) or None for name in _SAID if name != "orientation"},
        "orientation": site.orientation,
        "ward": wards.name_of(site.ward) or None,
        "ward_code": site.ward or None,
        "references": [{"from": since(one.since), "height": one.height, "datum": one.datum} for one in site.references],
        "calibrations": [
            {"quantity": one.quantity, "from": since(one.since), "offset": one.offset, "scale": one.scale}
            for one in site.calibrations
        ],
    }


def collection(sites: Iterable[Site]) -> dict[str, Any]:
    """All of them."""
    return {"type": "FeatureCollection", "features": [feature(site) for site in sites]}


def since(at: int) -> str | None:
    """A time from which on something holds; None: it always did."""
    return None if at == EVER else rfc3339.render(at)


def parse(text: str) -> list[dict[str, Any]]:
    """The features of a FeatureCollection, or of one feature.

    Raises:
        CityloraError: it is no GeoJSON.
    """
    try:
        found = json.loads(text)
    except ValueError as error:
        raise CityloraError(
            f"this is no JSON: {error}", "give a GeoJSON FeatureCollection, or a devices.csv"
        ) from error
    if isinstance(found, dict) and found.get("type") == "Feature":
        return [found]
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list):
        raise CityloraError("this is no GeoJSON FeatureCollection", "`citylora site export` prints one")
    return features


def taken(feature: object, known: Mapping[str, Site]) -> Site:
    """The site that a feature makes of the one that is known by its id, or a new one.

    Raises:
        CityloraError: a value cannot be.
    """
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise SiteError("is no Feature")
    given = feature.get("properties") or {}
    name = feature.get("id") or (given.get("id") if isinstance(given, dict) else None)
    if not isinstance(name, str) or not isinstance(given, dict):
        raise SiteError("has no id", "give the feature an id, or its properties: it is the site's")
    said: dict[str, object] = {key: given[key] for key in _SAID if key in given}
    if (ward := given.get("ward_code") or given.get("ward")) or "ward" in given or "ward_code" in given:
        said["ward"] = ward
    if "geometry" in feature:
        said |= _position(feature["geometry"])
    dated: dict[str, Any] = {}
    if "references" in given:
        dated["references"] = tuple(sorted(map(_reference, _list(given, "references")), key=lambda one: one.since))
    if "calibrations" in given:
        found = map(_calibration, _list(given, "calibrations"))
        dated["calibrations"] = tuple(sorted(found, key=lambda one: (one.quantity, one.since)))
    _once(dated)
    site = described(known.get(name) or named(name), said)
    site = msgspec.structs.replace(site, **dated)
    return site if "ward" in said else located(site)


def _position(geometry: object) -> dict[str, object]:
    if geometry is None:
        return {"longitude": None, "latitude": None}
    match geometry:
        case {"type": "Point", "coordinates": [longitude, latitude, *_]}:
            return {"longitude": longitude, "latitude": latitude}
    raise SiteError("its geometry is no Point", "a site is one place; give the point where the device hangs")


def _list(given: dict[str, Any], key: str) -> list[Any]:
    found = given[key] or []
    if not isinstance(found, list):
        raise SiteError(f"its {key} are no list")
    return found


def _reference(given: Any) -> Reference:
    match given:
        case {"height": int() | float() as height, "datum": datum} if datum in get_args(Datum):
            return Reference(_number(height), datum, _moment(given))
    raise SiteError(f"{json.dumps(given)} is no reference height", "give height (m), datum and from")


def _calibration(given: Any) -> Calibration:
    match given:
        case {"quantity": str() as quantity} if quantity in QUANTITIES:
            offset, scale = given.get("offset", 0.0), given.get("scale", 1.0)
            if all(isinstance(one, int | float) for one in (offset, scale)):
                return Calibration(quantity, _number(offset), _number(scale), _moment(given))
    raise SiteError(f"{json.dumps(given)} is no calibration", "give quantity, offset, scale and from")


def _number(given: float) -> float:
    """JSON has integers that no float holds; they are refused as endless."""
    try:
        return float(given)
    except OverflowError:
        return inf


def _moment(given: dict[str, Any]) -> int:
    said = given.get("from")
    try:
        return EVER if said is None else rfc3339.parse(str(said))
    except ValueError as error:
        raise SiteError(f"{said!r} is no time", "write 2026-11-22T07:30:00+07:00, or null for ever") from error


def _once(dated: dict[str, Any]) -> None:
    """Refuse two that hold from the same time on."""
    keys = [
        *(("", one.since) for one in dated.get("references", ())),
        *((one.quantity, one.since) for one in dated.get("calibrations", ())),
    ]
    if len(keys) != len(set(keys)):
        raise SiteError("two reference heights or calibrations of one quantity hold from the same time")
