"""The wide mix of the city: the six models that it always has, and those that a large city hangs beside them.

A module has a maker with several models, or one kind of thing by several makers. Every sensor is written from its
datasheet; no decoder is imported.
"""

from __future__ import annotations

from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from gateways.simulator import sensors
from gateways.simulator.models import air, bins, decentlab, dingtek, dragino, meters, milesight, parking, people

if TYPE_CHECKING:
    from gateways.simulator.sensors import Sensor

_OTHERS: tuple[type[Sensor], ...] = tuple(
    chain.from_iterable(
        module.MODELS for module in (milesight, decentlab, dragino, dingtek, air, meters, parking, people, bins)
    )
)


def _mixed(models: tuple[type[Sensor], ...]) -> tuple[type[Sensor], ...]:
    """One of each domain in turn, so that a small city has something of all of them."""
    domains = dict.fromkeys(model.domain for model in models)
    columns = ([model for model in models if model.domain == domain] for domain in domains)
    return tuple(model for row in zip_longest(*columns) for model in row if model is not None)


WIDE: tuple[type[Sensor], ...] = sensors.MODELS + _mixed(_OTHERS)
"""Every model, in the order in which a ward is equipped."""
