"""Whether a site belongs in a report, and what is said of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.quantities import QUANTITIES
from ingest.monthly.model import Place
from ingest.registry import wards

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ingest.monthly.model import Asked, Kept
    from ingest.monthly.month import Month
    from ingest.registry.site import Placement, Registry

UNASSIGNED = "unassigned"


def place_of(
    site: str, asked: Asked, month: Month, registry: Registry, own: Kept, *, stays: Iterable[Placement]
) -> Place | None:
    """The site, if the report is to have it; `stays` are those of its devices, as the registry has them.

    It has measured something of the domain lately, or nobody knows what it measures: a site that has never said a word
    shall not be forgotten for it.
    """
    domains = {domain_of(series.quantity) for day in (*own.earlier, *own.days) for series in day.values} - {None}
    if asked.domain not in domains and (domains or site not in registry.sites or _absent(list(stays), month)):
        return None
    found = _place(site, month, registry, own)
    return found if wards.name_of(asked.ward) in ("", found.ward) else None


def _absent(stays: Sequence[Placement], month: Month) -> bool:
    """Whether its devices came after the month, or had gone before it."""
    return bool(stays) and not any(one.since < month.until and one.until > month.since for one in stays)


def _place(site: str, month: Month, registry: Registry, own: Kept) -> Place:
    known = registry.sites.get(site)
    tag = next((day.ward for day in reversed([*own.earlier, *own.days]) if day.ward), "")
    if known is None:
        return Place(site, "", "", tag, None, None, "", "", None)
    return Place(
        site,
        known.name_vi,
        known.name_en,
        wards.name_of(known.ward) or tag,
        known.latitude,
        known.longitude,
        known.kind,
        known.owner,
        known.reference(month.until - 1),
    )


def domain_of(quantity: str) -> str | None:
    """The domain of a quantity by its name; None where the vocabulary does not have it any more."""
    known = QUANTITIES.get(quantity)
    return None if known is None else known.domain
