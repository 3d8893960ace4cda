"""What is known of a place and a model as of a time, as far as rules and derivations ask for it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ingest.derive.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ingest.derive.rules import Rule
    from ingest.registry.site import Calibration, Reference


class About(NamedTuple):
    """A site and a model, as they are from one time to another.

    Attributes:
        rules: of each quantity.
        wraps: of each counter of the model, the value after which it begins at 0 again.
        calibrations: by quantity.
        reference: from where the site's device measures down.
        capacity: how many places a parking site has.
        measures: what the model gives itself; that is never derived.
        off: what nobody wants derived here.
    """

    rules: Mapping[str, Rule] = RULES
    wraps: Mapping[str, float] = {}
    calibrations: Mapping[str, Calibration] = {}
    reference: Reference | None = None
    capacity: int | None = None
    measures: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()


PLAIN = About()
"""Of a place that nobody has said anything of."""
