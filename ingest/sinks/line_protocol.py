r"""Points to InfluxDB line protocol: pure, and quick, because every point of the city passes here.

    environment,dev_eui=24e124,site=bridge\ 3,ward=hai-chau,model=em300,channel=0 co2=415.0 1700000000000000000
    measurement,tag=value,...                                                     field=... nanoseconds

In a tag value a comma, a space and an equals sign are escaped by a backslash; nothing else can be. So a control
character (a newline would end the line) and a backslash at the end (it would escape what follows) become `_`.
A number is written as a float, always: an integer or a boolean would fix the field's type for ever.
Most fields have had their very value before: sensors measure in steps, and radio has few. A number's shortest text
takes four times as long to find as to remember.
Source: InfluxData, "Line protocol reference", and the parser of InfluxDB 1.6.7, which the tests ask.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from ingest.decoding.point import TAGS, Point

PREFIXES_KEPT = 50_000
"""Escaped `measurement,tags` remembered, some 0.5 kB each: what a city of 15,000 devices writes. More devices than that
start over when it is full, at the price of escaping anew."""

FIELDS_KEPT = 16_384
"""Written `name=value` remembered, some 0.25 kB each."""

_NOT_IN_A_TAG = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPED = re.compile(r"([,= ])")
_SPECIAL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff,= \\]")
_TRAILING_BACKSLASHES = re.compile(r"\\+\Z")


class LineEncoder:
    """Encodes points; keeps the escaped prefixes of the series that it met. For one thread."""

    def __init__(self) -> None:
        self._prefixes = _Prefixes()
        self._fields = _Fields()

    def encode(self, point: Point) -> str:
        """Give the line of a point, without a newline at its end.

        Raises:
            ValueError: a number that is not finite, no field, an empty tag, the wrong number of tags, an unknown
                measurement.
        """
        written = ",".join([*map(self._fields.__getitem__, point.fields)])
        if not written:
            raise ValueError("a point without a field")
        return f"{self._prefixes[point.measurement, point.tags]}{written} {point.time}"


class _Prefixes(dict[tuple[str, tuple[str, ...]], str]):
    """(measurement, tags) -> `measurement,tag=value,... `, with the space at its end."""

    def __missing__(self, series: tuple[str, tuple[str, ...]]) -> str:
        measurement, tags = series
        names = TAGS.get(measurement)
        if names is None or len(names) != len(tags):
            raise ValueError(f"no measurement {measurement!r} with {len(tags)} tags")
        pairs = "".join([f",{name}={_tag(value)}" for name, value in zip(names, tags, strict=True)])
        if len(self) >= PREFIXES_KEPT:
            self.clear()
        self[series] = prefix = f"{measurement}{pairs} "
        return prefix


class _Fields(dict[tuple[str, float | str], str]):
    """(name, value) -> `name=value`. What is not finite is not equal to itself, or is refused: it is never found."""

    def __missing__(self, field: tuple[str, float | str]) -> str:
        name, value = field
        written = f"{_tag(name)}={_value(value)}"
        if value.__class__ is not str:  # a text may be long, and is rarely said twice
            if len(self) >= FIELDS_KEPT:
                self.clear()
            self[field] = written
        return written


def _tag(value: str) -> str:
    if not value:
        raise ValueError("an empty tag or name")
    return value if _SPECIAL.search(value) is None else _escaped(value)


@lru_cache(maxsize=4096)
def _escaped(value: str) -> str:
    """The same of a value with something to escape: names of wards mostly, which thousands of series share."""
    value = _NOT_IN_A_TAG.sub("_", value)
    value = _TRAILING_BACKSLASHES.sub(lambda found: "_" * len(found[0]), value)
    return _ESCAPED.sub(r"\\\1", value)


def _value(value: float | str) -> str:
    """Write a value of any kind; a boolean is a number, and zero has no sign."""
    if isinstance(value, str):
        text = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{text}"'
    try:
        number = float(value)
    except OverflowError as error:
        raise ValueError("a number too large for a float") from error
    if not math.isfinite(number):
        raise ValueError(f"not a finite number: {number}")
    return repr(number + 0.0)
