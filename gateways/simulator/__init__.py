"""A city of devices that speaks true ChirpStack events, for the demo and for tests of load; it imports no decoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateways.simulator.city import City
from gateways.simulator.life import KINDS, Life, Lost, Publication
from gateways.simulator.member import Device
from gateways.simulator.models import WIDE
from gateways.simulator.sensors import MODELS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateways.simulator.sensors import Sensor

MIXES: Mapping[str, tuple[type[Sensor], ...]] = {"core": MODELS, "wide": WIDE}
"""What `City(models=...)` can be given, by name."""

__all__ = ["KINDS", "MIXES", "WIDE", "City", "Device", "Life", "Lost", "Publication"]
