"""What a site is, and which devices were there: the registry as values. Pure.

A site outlives its devices: its id is the `site` tag of every row. What changes with time and changes readings
(calibration, the height of the reference point) has a time from which it holds, so that history keeps what was true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import msgspec

from ingest.devices import EVER, FOREVER
from ingest.errors import CityloraError
from ingest.i18n import said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ingest.registry.invalid import Invalid

Datum: TypeAlias = Literal["national", "station", "ground"]
"""What a height is counted from: the national height system (zero at Hòn Dấu), the station's own zero, the ground."""

LOWEST, HIGHEST = -500, 9000
"""Metres that a reference height may be above its datum."""

LARGEST = 1e6
"""A scale may make a value so many times larger or smaller."""

FARTHEST = 1e9
"""An offset may be so far, in the quantity's unit."""

DATUMS: tuple[Datum, ...] = ("national", "station", "ground")


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From where a site's device measures down.

    Attributes:
        since: ns UTC from which on it holds.
        height: of the reference point of the device above the datum, in m.
    """

    height: float
    datum: Datum
    since: int = EVER

    def __post_init__(self) -> None:
        """Refuse what no place on Earth has.

        Raises:
            CityloraError: the height cannot be.
        """
        if not LOWEST <= self.height <= HIGHEST:
            raise CityloraError(
                said("registry.bad_height", height=repr(self.height)),
                said("registry.bad_height_remedy", low=LOWEST, high=HIGHEST),
            )


class Calibration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What makes the right value of what a device gives: value * scale + offset, in the quantity's own unit.

    Attributes:
        since: ns UTC from which on it holds.
    """

    quantity: str
    offset: float = 0.0
    scale: float = 1.0
    since: int = EVER

    def __post_init__(self) -> None:
        """Refuse what would make no number, or always the same.

        Raises:
            CityloraError: scale or offset cannot be.
        """
        if not 1 / LARGEST <= abs(self.scale) <= LARGEST:
            raise CityloraError(
                f"a scale of {self.scale!r} cannot be", f"write a number from {1 / LARGEST:g} to {LARGEST:g}"
            )
        if not abs(self.offset) <= FARTHEST:
            raise CityloraError(
                f"an offset of {self.offset!r} cannot be", f"write a number from -{FARTHEST:g} to {FARTHEST:g}"
            )


class Site(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A measuring point; "" and None where nobody has said it.

    Attributes:
        id: the `site` tag.
        ward: the code of a ward (`wards.py`).
        latitude: degrees north, WGS 84.
        longitude: degrees east.
        kind: a word of the city's own, such as `bridge`, `drain`, `street`.
        orientation: where the device looks to, or the lanes lead, in degrees from north.
        lanes: how many are counted.
        capacity: places of a car park.
        owner: the department that answers for it.
        photo: an address.
        station: the hydrological station whose alarm levels hold here: a key of `flood_alarm` in `decoders.bands`.
        references: by time, at most one from one time on.
        calibrations: by quantity and time, likewise.
    """

    id: str
    name_vi: str = ""
    name_en: str = ""
    ward: str = ""
    latitude: float | None = None
    longitude: float | None = None
    kind: str = ""
    orientation: float | None = None
    lanes: int | None = None
    capacity: int | None = None
    owner: str = ""
    photo: str = ""
    station: str = ""
    references: tuple[Reference, ...] = ()
    calibrations: tuple[Calibration, ...] = ()

    def reference(self, at: int) -> Reference | None:
        """The reference height as of a time, ns UTC."""
        return max((one for one in self.references if one.since <= at), key=_since, default=None)

    def calibration(self, quantity: str, at: int) -> Calibration | None:
        """The calibration of a quantity as of a time, ns UTC."""
        own = (one for one in self.calibrations if one.quantity == quantity and one.since <= at)
        return max(own, key=_since, default=None)


class Placement(NamedTuple):
    """A device at a site, from `since` (ns UTC, included) until `until` (not included)."""

    dev_eui: str
    site: str
    since: int = EVER
    until: int = FOREVER


class Registry(NamedTuple):
    """All of it, at one moment.

    Attributes:
        sites: by id.
        placements: by DevEUI, each device's in the order of time; no two overlap.
        invalid: what was declared invalid, in the order in which it was said; also what was restored.
    """

    sites: dict[str, Site]
    placements: dict[str, tuple[Placement, ...]]
    invalid: tuple[Invalid, ...] = ()

    def at_site(self, site: str) -> list[Placement]:
        """Who was at a site, in the order of time."""
        found = (one for own in self.placements.values() for one in own if one.site == site)
        return sorted(found, key=lambda one: (one.since, one.dev_eui))

    def by_site(self) -> dict[str, list[Placement]]:
        """The same for each site that ever had a device."""
        found: dict[str, list[Placement]] = {}
        for one in sorted((one for own in self.placements.values() for one in own), key=lambda one: one.since):
            found.setdefault(one.site, []).append(one)
        return found

    def with_site(self, site: Site) -> Registry:
        """The same with this site."""
        return self._replace(sites={**self.sites, site.id: site})

    def with_device(self, dev_eui: str, placements: Iterable[Placement]) -> Registry:
        """The same with these placements of a device, and no others of it."""
        own = tuple(sorted(placements, key=lambda one: one.since))
        rest = {name: found for name, found in self.placements.items() if name != dev_eui}
        return self._replace(placements={**rest, dev_eui: own} if own else rest)


EMPTY = Registry({}, {})


def referred(site: Site, reference: Reference) -> Site:
    """The site with a reference height from a time on; one from for ever on makes the others void."""
    others = [one for one in site.references if reference.since not in (EVER, one.since)]
    return msgspec.structs.replace(site, references=tuple(sorted([*others, reference], key=_since)))


def calibrated(site: Site, calibration: Calibration) -> Site:
    """The site with a calibration from a time on; one from for ever on makes the quantity's others void."""
    others = [
        one
        for one in site.calibrations
        if one.quantity != calibration.quantity or calibration.since not in (EVER, one.since)
    ]
    # What changes nothing need not be said, unless it ends what was said before.
    wanted = [calibration] if (calibration.offset, calibration.scale, calibration.since) != (0.0, 1.0, EVER) else []
    found = sorted([*others, *wanted], key=lambda one: (one.quantity, one.since))
    return msgspec.structs.replace(site, calibrations=tuple(found))


def _since(one: Reference | Calibration) -> int:
    return one.since
