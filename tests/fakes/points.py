"""Points for tests of sinks: distinct, of one device and minute apart."""

from ingest.decoding.point import Point

START = 1_700_000_000_000_000_000
_MINUTE = 60_000_000_000


def point(index: int, co2: float | str = 415.5, *, measurement: str = "environment", site: str = "bridge-3") -> Point:
    """The point of that number."""
    tags = (f"24e124{index % 500:010x}", site, "hai-chau", "milesight/em300-th", "0")
    return Point(measurement, tags, (("air_temperature", index / 10), ("co2", co2)), START + index * _MINUTE)


def batch(size: int, bad: dict[int, Point] | None = None) -> list[Point]:
    """That many points, some of them replaced."""
    replaced = bad or {}
    return [replaced.get(index, point(index)) for index in range(size)]
