r"""Points to InfluxDB line protocol: pure, and quick, because every point of the city passes here.

    environment,dev_eui=24e124,site=bridge\ 3,ward=hai-chau,model=em300,channel=0 co2=415.0 1700000000000000000
    measurement,tag=value,...                                                     field=... nanoseconds

In a tag value a comma, a space and an equals sign are escaped by a backslash; nothing else can be. So a control
character (a newline would end the line) and a backslash at the end (it would escape what follows) become `_`.
A number is written as a float, always: an integer or a boolean would fix the field's type for ever.
Most fields have had their very value before: sensors measure in steps, and radio has few. A number's shortest text
takes four times as long to find as to remember.
Lines are bytes from the start: with a ward's diacritics a text takes twice the memory, and has to be encoded again
each time. A lone surrogate, which JSON can carry, has no UTF-8: `_` in a tag, `?` in a value.
Source: InfluxData, "Line protocol reference", and the parser of InfluxDB 1.6.7, which the tests ask.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from ingest.decoding.point import TAGS, Point

TAGS_KEPT = 20_000
"""Escaped tags without the last one remembered, some 0.4 kB each: one a device. A city of more devices than that starts
over when it is full, at the price of escaping anew."""

FIELDS_KEPT = 16_384
"""Written `name=value` remembered, some 0.25 kB each."""

_NOT_IN_A_TAG = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_ESCAPED = re.compile(r"([,= ])")
_SPECIAL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff,= \\]")
_TRAILING_BACKSLASHES = re.compile(r"\\+\Z")


class LineEncoder:
    """Encodes points; keeps the escaped tags that it met. For one thread.

    The rows of a device differ in their measurement and in their last tag (channel, gateway): it has one head for all.
    """

    def __init__(self) -> None:
        heads = {names[:-1]: _Tags(names[:-1]) for names in TAGS.values()}
        self._series = {
            measurement: (measurement.encode(), heads[names[:-1]], _Tags(names[-1:]))
            for measurement, names in TAGS.items()
        }
        self._fields = _Fields()

    def encode(self, point: Point) -> bytes:
        """Give the line of a point in UTF-8, without a newline at its end.

        Raises:
            ValueError: a number that is not finite, no field, an empty tag, the wrong number of tags, an unknown
                measurement.
        """
        written = b",".join([*map(self._fields.__getitem__, point.fields)])
        if not written:
            raise ValueError("a point without a field")
        series = self._series.get(point.measurement)
        if series is None:
            raise ValueError(f"no measurement {point.measurement!r}")
        measurement, heads, lasts = series
        tags = point.tags
        return b"%b%b%b %b %d" % (measurement, heads[tags[:-1]], lasts[tags[-1:]], written, point.time)


class _Tags(dict[tuple[str, ...], bytes]):
    """The values of the tags `names` -> `,name=value,...`, escaped."""

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, values: tuple[str, ...]) -> bytes:
        if len(values) != len(self._names):
            raise ValueError(f"{values!r} where the tags {', '.join(self._names)} belong")
        written = "".join([f",{name}={_tag(value)}" for name, value in zip(self._names, values, strict=True)]).encode()
        if len(self) >= TAGS_KEPT:
            self.clear()
        self[values] = written
        return written


class _Fields(dict[tuple[str, float | str], bytes]):
    """(name, value) -> `name=value`. What is not finite is not equal to itself, or is refused: it is never found."""

    def __missing__(self, field: tuple[str, float | str]) -> bytes:
        name, value = field
        written = f"{_tag(name)}={_value(value)}".encode("utf-8", "replace")
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
