"""The flood alarm levels that hold at a site, and what its sensor shows when the water is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ingest.registry.site import Site


class AlarmLine(NamedTuple):
    """One alarm level.

    Attributes:
        rank: 1 to 3, of BĐ1 to BĐ3.
        level: m above the station's zero.
        distance: that the sensor shows then, mm, before its calibration; None where no height is known.
        verified: a bulletin bears it out.
    """

    rank: int
    level: float
    distance: float | None
    verified: bool


def alarm_lines(site: Site, at: int) -> list[AlarmLine]:
    """The alarm levels of a site as of a time, ns UTC; none where it names no station."""
    from decoders.bands import table  # noqa: PLC0415  (after the configuration is known to be good)
    from ingest.rollup.of_water import flood_station  # noqa: PLC0415

    station = table("flood_alarm").stations.get(flood_station(site, at))
    levels = station.levels if station else ()
    return [
        AlarmLine(rank, one.metres, _shown(site, at, one.metres), one.verified) for rank, one in enumerate(levels, 1)
    ]


def alarm_as_json(site: Site, at: int) -> list[dict[str, Any]]:
    """The same for a script: metres, and mm."""
    return [one._asdict() for one in alarm_lines(site, at)]


def alarm_text(site: Site, at: int) -> Iterator[tuple[str, str]]:
    """The same for a person: what it is, and what is to be said."""
    from decoders.bands import table  # noqa: PLC0415

    lines = alarm_lines(site, at)
    for one in lines:
        doubt = "" if one.verified else " (unverified)"
        shown = "" if one.distance is None else f": distance {one.distance:.0f} mm"
        yield "alarm", f"BĐ{one.rank} {one.level:.2f} m{doubt}{shown}"
    if not lines:
        return
    yield "source", table("flood_alarm").source.shown("en")
    reference = site.reference(at)
    if reference is None:
        yield "hint", "no level follows from a distance before it has --reference-height and --datum"
    elif reference.datum != "station":
        yield "hint", "these levels count from the station's zero, its height from Hòn Dấu: see that they are the same"


def _shown(site: Site, at: int, level: float) -> float | None:
    """The distance in mm at which a level is derived: the way back through height and calibration."""
    reference, calibration = site.reference(at), site.calibration("distance", at)
    if reference is None:
        return None
    distance = 1000 * (reference.height - level)
    if calibration is None or not calibration.scale:
        return distance
    return (distance - calibration.offset) / calibration.scale
