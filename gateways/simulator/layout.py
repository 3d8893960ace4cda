"""How a datasheet's table of bytes is written down: one `struct` format, and what stands in each of its places."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Field:
    """A number on the air: the value times `steps` a unit, rounded, and `zero` added."""

    name: str
    steps: float = 1
    zero: int = 0


Part: TypeAlias = Field | str | bytes | int | tuple[Field | int, ...]
"""What stands in one place: a field, the name of a value that goes as it is (IEEE 754), a constant, or a sum of fields
and constants whose bits do not overlap."""


class Layout:
    """A message of fixed length.

    Args:
        form: as `struct` writes it; spaces may stand between its groups.
        parts: one for each place of the format.
    """

    __slots__ = ("_parts", "_struct")

    def __init__(self, form: str, *parts: Part) -> None:
        self._struct = struct.Struct(form)
        self._parts = parts

    def pack(self, values: Mapping[str, float]) -> bytes:
        """The bytes that carry `values`.

        Raises:
            KeyError: a value is missing.
            struct.error: a value does not fit its place: no sensor sends a value other than the one it has.
        """
        return self._struct.pack(*[_raw(part, values) for part in self._parts])


def _raw(part: Part, values: Mapping[str, float]) -> float | bytes:
    if isinstance(part, Field):
        return round(values[part.name] * part.steps) + part.zero
    if isinstance(part, tuple):
        return sum(int(_raw(one, values)) for one in part)
    return values[part] if isinstance(part, str) else part
