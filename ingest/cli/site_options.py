"""What the command line can say of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from ingest.cli.options import say
from ingest.cli.places import DATED, dated, known_quantity
from ingest.cli.selection import EVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.registry.site import Site

_F = TypeVar("_F", bound="Callable[..., Any]")

DATUMS = ("national", "station", "ground")
"""Spelled out: what a site is need not be imported for --help."""

SINCE = f"Since when the height or calibration holds: {DATED}; else ever."


def about_options(command: _F) -> _F:
    """What can be said of a site, as further parameters; `told` takes them."""
    options = (
        click.option("--name-vi", metavar="TEXT", help="Its name in Vietnamese."),
        click.option("--name-en", metavar="TEXT", help="Its name in English."),
        click.option("--ward", metavar="WARD", help="Ward or commune of today, code or name. Else by the position."),
        click.option("--lat", "latitude", type=float, metavar="DEG", help="Latitude, WGS 84."),
        click.option("--lon", "longitude", type=float, metavar="DEG", help="Longitude."),
        click.option("--kind", metavar="WORD", help="A word of your own: bridge, river, drain, street, square, park."),
        click.option("--orientation", type=float, metavar="DEG", help="Where it looks to, from north."),
        click.option("--lanes", type=int, metavar="N", help="Lanes that are counted."),
        click.option("--capacity", type=int, metavar="N", help="Places of a car park."),
        click.option("--owner", metavar="TEXT", help="The department that answers for it."),
        click.option("--photo", metavar="URL", help="A photo of it."),
        click.option("--station", metavar="NAME", help="Hydrological station whose alarm levels hold here: cam-le."),
        click.option("--reference-height", "height", type=float, metavar="M", help="Height of the device's face, m."),
        click.option("--datum", type=click.Choice(DATUMS), help="Above Hòn Dấu, the station's own zero, the ground."),
        click.option("--from", "since", metavar="TIME", callback=dated, help=SINCE),
    )
    for option in reversed(options):
        command = option(command)
    return command


def calibrates(quantity: str) -> None:
    """Refuse what is no quantity, and say where a calibration changes nothing.

    Raises:
        Failure: it is none; with what may be meant.
    """
    from ingest.derive.catalogue import DERIVATIONS  # noqa: PLC0415

    known_quantity(quantity)
    of = sorted({name for one in DERIVATIONS if quantity in one.gives for name in one.needs})
    if of:
        say(f"warning: calibrations hold for measured values: where no device measures {quantity}, nothing changes")
        say(f"hint: it follows from {', '.join(of)} there; calibrate that")


def told(site: Site, said: dict[str, Any], *, calibrated: bool = False) -> Site:
    """The site with what the options say.

    Raises:
        CityloraError: it cannot be so.
        UsageError: an option lacks another one.
    """
    from ingest.registry import describe  # noqa: PLC0415
    from ingest.registry.site import Reference, referred  # noqa: PLC0415

    height, datum, since = said["height"], said["datum"], said["since"]
    if since is not None and height is None and not calibrated:
        raise click.UsageError("--from is the time of a reference height or a calibration; give one")
    site = describe.described(
        site,
        {key: value for key, value in said.items() if key not in ("height", "datum", "since") and value is not None},
    )
    if (height is None) is not (datum is None):
        raise click.UsageError("a reference height needs both --reference-height and --datum")
    if height is not None:
        site = referred(site, Reference(height, datum, EVER[0] if since is None else since))
    return site
