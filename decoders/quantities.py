"""The closed vocabulary: every quantity that a reading can be of.

A name says what is measured and never in which unit; a temperature says of what. The unit is fixed here, so a field
never changes its meaning between two models. Every value is a float: a counter, a count and a code too.

`plausible` is where a value is believed without a second look, for a city on the coast of central Việt Nam; outside it
the value is kept, and doubtful. `possible` is what physics and the counters' own width allow; outside it the value is
no measurement at all, and is absent. `source` says where the two come from. The tables are in `decoders.vocabulary`.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from decoders.vocabulary.air import AIR
from decoders.vocabulary.assets import ASSETS
from decoders.vocabulary.device import DEVICE
from decoders.vocabulary.quantity import Domain, Kind, Label, Quantity, Range
from decoders.vocabulary.traffic import TRAFFIC
from decoders.vocabulary.water import WATER
from decoders.vocabulary.weather import WEATHER

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["QUANTITIES", "Domain", "Kind", "Label", "Quantity", "Range"]

QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {quantity.name: quantity for quantity in (*AIR, *WEATHER, *TRAFFIC, *WATER, *ASSETS, *DEVICE)}
)
"""Every quantity, by name."""
