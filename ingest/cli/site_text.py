"""A site and its devices, for a person and for a script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ingest.cli.options import printable, table
from ingest.cli.places import rendered, soon
from ingest.cli.quality_text import said_of
from ingest.cli.site_alarm import alarm_as_json, alarm_text
from ingest.cli.tongue import current
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ingest.registry.file import Change
    from ingest.registry.invalid import Invalid
    from ingest.registry.site import Placement, Site

SECOND = 1_000_000_000


def site_as_json(site: Site, placements: Sequence[Placement]) -> dict[str, Any]:
    """All that is known of a site."""
    from ingest.registry import geojson  # noqa: PLC0415  (after the configuration is known to be good)

    return {
        "id": site.id,
        "latitude": site.latitude,
        "longitude": site.longitude,
        **geojson.properties(site),
        "alarm_levels": alarm_as_json(site, soon()),
        "devices": [placement_as_json(one) for one in placements],
    }


def placement_as_json(placement: Placement) -> dict[str, Any]:
    """A device at a site; null where there is no bound."""
    return {
        "dev_eui": placement.dev_eui,
        "site": placement.site,
        "from": rendered(placement.since),
        "until": rendered(placement.until),
    }


def print_site(site: Site, placements: Sequence[Placement]) -> None:
    """The site, a line for each thing that is known, its alarm levels as they are now, then its devices."""
    for name, value in (*_lines(site), *alarm_text(site, soon())):
        click.echo(f"{name:<12} {printable(value)}")
    print_placements(placements)


def print_history(invalid: Sequence[Invalid], changes: Sequence[Change]) -> None:
    """What of its values does not count, and who changed what."""
    for one in invalid:
        click.echo(f"{'invalid':<12} {printable(said_of(one))}")
    if changes:
        click.echo()
        table(
            ("CHANGED", "BY", "WITH", "OF"),
            [(rendered(one.at // SECOND * SECOND), one.who, one.what, one.subject) for one in changes],
        )


def print_placements(placements: Sequence[Placement]) -> None:
    """Who was where, in a table."""
    if placements:
        ever = said("registry.ever").in_(current())
        table(
            [said(f"plan.column_{name}").in_(current()) for name in ("device", "site", "from", "until")],
            [(one.dev_eui, one.site, rendered(one.since) or ever, rendered(one.until) or "") for one in placements],
        )


def _lines(site: Site) -> Iterator[tuple[str, str]]:
    from ingest.registry import wards  # noqa: PLC0415

    yield "site", site.id
    ward = wards.all_wards().get(site.ward)
    position = "" if site.latitude is None else f"{site.latitude}, {site.longitude}"
    known = (
        ("name", " / ".join(filter(None, (site.name_vi, site.name_en)))),
        ("kind", site.kind),
        ("ward", f"{ward.title} ({ward.code})" if ward else ""),
        ("position", position),
        ("orientation", "" if site.orientation is None else f"{site.orientation:g}°"),
        ("lanes", "" if site.lanes is None else str(site.lanes)),
        ("capacity", "" if site.capacity is None else f"{site.capacity} places"),
        ("owner", site.owner),
        ("photo", site.photo),
        ("station", site.station),
    )
    yield from ((name, value) for name, value in known if value)
    for one in site.references:
        yield "reference", f"{one.height:g} m above {one.datum} datum, from {rendered(one.since) or 'ever'}"
    for each in site.calibrations:
        when = rendered(each.since) or "ever"
        yield "calibration", f"{each.quantity} * {each.scale:g} {each.offset:+g}, from {when}"
