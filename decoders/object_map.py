r"""A device whose codec lives in the network server: from the codec's object to readings, by a declared mapping.

A mapping says of each key which quantity it is, in which unit it comes, and on which channel; nothing is guessed from a
key's name. A key's path is written with dots, `soil.probes.0.moisture`: a name in an object, a number in a list. A name
that holds a dot has a backslash before it, and so has a backslash itself: `key\.with\.dots`.

Source: ChirpStack 4.20, whose codecs give JSON. Its numbers are doubles; not-a-number, `undefined` and functions come
as null, dates and maps as {}, typed arrays as objects with the keys "0", "1", ...
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from unicodedata import normalize

from decoders.base import Absent, Decoded, NoObject, Reading, Reason
from decoders.catalog import sift
from decoders.quantities import QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Path: TypeAlias = tuple[str, ...]
"""Where a value is, from the outside in."""

DEEPEST = 32
"""Levels; a codec that nests deeper is not followed."""

LONGEST = 256
"""Characters of one name; no codec has longer ones."""

_DECIMALS = 9  # a conversion leaves the residue of binary fractions behind; no sensor is that fine
_ABSENT = object()


class Conversion(NamedTuple):
    """(value + add) * multiply / divide is in the quantity's unit."""

    add: float = 0.0
    multiply: float = 1.0
    divide: float = 1.0


class Target(NamedTuple):
    """What a key is.

    Attributes:
        conversion: None where the value comes in the quantity's own unit.
    """

    quantity: str
    channel: int = 0
    conversion: Conversion | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectMap:
    """What the objects of one model hold.

    Attributes:
        model: `vendor/name`, under which its readings are stored.
        targets: no two of one quantity and channel.
        ignored: paths that are known and not wanted, with all that is under them.
    """

    model: str
    targets: Mapping[Path, Target]
    ignored: frozenset[Path] = frozenset()


_SAME = Conversion()
_TEMPERATURE = {"degC": _SAME, "Cel": _SAME, "K": Conversion(-273.15), "degF": Conversion(-32, 5, 9)}
_TEMPERATURE |= {"°F": _TEMPERATURE["degF"]}
_INCH, _FOOT = 25.4, 304.8  # mm

# By the unit that the vocabulary prints: what may be converted to it. Only units that can be understood in one way.
_CONVERSIONS: Mapping[str, Mapping[str, Conversion]] = {
    "°C": _TEMPERATURE,
    "V": {"mV": Conversion(divide=1000)},
    "hPa": {
        "mbar": _SAME,
        "Pa": Conversion(divide=100),
        "kPa": Conversion(multiply=10),
        "bar": Conversion(multiply=1000),
    },
    "ppm": {"ppb": Conversion(divide=1000)},
    "µg/m³": {"ug/m3": _SAME, "mg/m³": Conversion(multiply=1000)},
    "1/cm³": {"/cm3": _SAME},
    "mm": {
        "cm": Conversion(multiply=10),
        "m": Conversion(multiply=1000),
        "in": Conversion(multiply=_INCH),
        "ft": Conversion(multiply=_FOOT),
    },
    "m": {
        "mm": Conversion(divide=1000),
        "cm": Conversion(divide=100),
        "in": Conversion(multiply=_INCH, divide=1000),
        "ft": Conversion(multiply=_FOOT, divide=1000),
    },
    "nm": {"µm": Conversion(multiply=1000), "um": Conversion(multiply=1000)},
    "s": {"ms": Conversion(divide=1000), "min": Conversion(multiply=60), "h": Conversion(multiply=3600)},
    "W": {"mW": Conversion(divide=1000), "kW": Conversion(multiply=1000)},
    "°": {"deg": _SAME},
}


def units(quantity: str) -> tuple[str, ...]:
    """The units in which a quantity may come, its own first; none for a plain number and for a state."""
    own = QUANTITIES[quantity].unit
    return (own, *_CONVERSIONS.get(own, ())) if own else ()


def target(quantity: str, unit: str = "", channel: int = 0) -> Target:
    """A target whose values come in `unit`, or in the quantity's own where that is "".

    Two spellings of a unit that Unicode holds for compatible (µ and μ, ³ and 3) are one.

    Raises:
        ValueError: the quantity is not in the vocabulary, or has no such unit.
    """
    if quantity not in QUANTITIES:
        raise ValueError(f"no quantity {quantity!r}")
    own, wanted = QUANTITIES[quantity].unit, normalize("NFKC", unit.strip())
    if wanted in ("", normalize("NFKC", own)):
        return Target(quantity, channel)
    for name, conversion in _CONVERSIONS.get(own, {}).items():
        if wanted == normalize("NFKC", name):
            return Target(quantity, channel, None if conversion is _SAME else conversion)
    raise ValueError(f"{quantity} does not come in {unit!r}")


def parse_path(text: str) -> Path:
    r"""A path as it is written: `a.0.b`, or `a\.b` for a name that holds a dot.

    Raises:
        ValueError: a backslash stands before anything but a dot or a backslash, or the path is too long.
    """
    steps, step, letters = [], "", iter(text)
    for letter in letters:
        if letter == "\\":
            escaped = next(letters, "")
            if escaped not in ("\\", "."):
                raise ValueError("has a backslash that stands before neither a dot nor a backslash")
            step += escaped
        elif letter == ".":
            steps.append(step)
            step = ""
        else:
            step += letter
    steps.append(step)
    if len(steps) > DEEPEST or max(map(len, steps)) > LONGEST:
        raise ValueError(f"is too long: at most {DEEPEST} levels of {LONGEST} characters")
    return tuple(steps)


def render_path(path: Path) -> str:
    """A path as `parse_path` reads it."""
    return ".".join(step.replace("\\", "\\\\").replace(".", "\\.") for step in path)


def decode(mapping: ObjectMap, document: object) -> Decoded:
    """The readings of an object; a key that it does not hold is neither a reading nor absent.

    Null is absent (`not_available`), so is what is no number (`not_a_number`), and what is outside the possible or is
    no code of a state (`impossible`). True and false are 1 and 0 of a state, and no number otherwise.

    Raises:
        NoObject: the document is no object.
    """
    if not isinstance(document, dict):
        raise NoObject("what the codec in ChirpStack gave is no object with keys: mend the codec there")
    readings: list[Reading] = []
    absent: list[Absent] = []
    for path, goal in mapping.targets.items():
        value = _at(document, path)
        if value is _ABSENT:
            continue
        found = _value(goal, value)
        if isinstance(found, Reason):
            absent.append(Absent(goal.quantity, found, goal.channel))
        else:
            readings.append(Reading(goal.quantity, found, goal.channel))
    return sift(Decoded(tuple(readings), tuple(absent)))


def unmapped(mapping: ObjectMap | None, document: object) -> Iterator[tuple[str, float]]:
    """Every number in an object that the mapping neither reads nor ignores, with its path; without a mapping all."""
    found: list[tuple[Path, object]] = [((), document)]
    while found:
        path, value = found.pop()
        if isinstance(value, dict | list):
            found += reversed(_inside(path, value))
        elif isinstance(value, int | float) and not isinstance(value, bool) and not _known(mapping, path):
            yield render_path(path), _float(value)


def _inside(path: Path, value: dict[str, object] | list[object]) -> list[tuple[Path, object]]:
    if len(path) >= DEEPEST:
        return []
    items = value.items() if isinstance(value, dict) else ((str(index), inner) for index, inner in enumerate(value))
    return [((*path, step), inner) for step, inner in items if len(step) <= LONGEST]


def _known(mapping: ObjectMap | None, path: Path) -> bool:
    if mapping is None:
        return False
    return path in mapping.targets or any(path[:end] in mapping.ignored for end in range(1, len(path) + 1))


def _at(document: object, path: Path) -> object:
    for step in path:
        if isinstance(document, dict):
            document = document.get(step, _ABSENT)
        elif isinstance(document, list) and _is_index(step, len(document)):
            document = document[int(step)]
        else:
            return _ABSENT
    return document


def _is_index(step: str, length: int) -> bool:
    return step.isascii() and step.isdigit() and str(int(step)) == step and int(step) < length


def _value(goal: Target, value: object) -> float | Reason:
    quantity = QUANTITIES[goal.quantity]
    if value is None:
        return Reason.NOT_AVAILABLE
    if not isinstance(value, int | float) or (isinstance(value, bool) and quantity.kind != "state"):
        return Reason.NOT_A_NUMBER
    number = _float(value)
    if number != number:  # noqa: PLR0124  (not-a-number, and cheaper than to ask)
        return Reason.NOT_AVAILABLE
    if quantity.states and number not in quantity.states:
        return Reason.IMPOSSIBLE
    if goal.conversion is None:
        return number
    add, multiply, divide = goal.conversion
    return round((number + add) * multiply / divide, _DECIMALS)


def _float(value: float) -> float:
    """A whole number that no double can hold is as far outside of everything as infinity."""
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
