"""A city of devices that speaks true ChirpStack events, for the demo and for tests of load; it imports no decoder."""

from gateways.simulator.city import City
from gateways.simulator.life import KINDS, Life, Lost, Publication
from gateways.simulator.member import Device

__all__ = ["KINDS", "City", "Device", "Life", "Lost", "Publication"]
