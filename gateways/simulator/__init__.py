"""A city of devices that speaks true ChirpStack events, for the demo and for tests of load; it imports no decoder."""

from gateways.simulator.city import City, Device

__all__ = ["City", "Device"]
