"""How full a car park is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.derive.derivation import Derivation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingest.derive.about import About
    from ingest.derive.derivation import Derived
    from ingest.derive.past import Seen


def parking_occupancy(values: Sequence[float | None], _time: int, _seen: Seen, about: About) -> tuple[Derived] | None:
    """The share of the site's places that are taken, in %; below 0 where more are free than there are."""
    (free,), capacity = values, about.capacity
    if free is None or not capacity:
        return None
    return ((round(100 - 100 * free / capacity, 2), 0),)


def _has_capacity(about: About) -> bool:
    return about.capacity is not None


DERIVATIONS = (Derivation(("parking_occupancy",), ("parking_free",), parking_occupancy, applies=_has_capacity),)
