"""The Decentlab payload, version 2: one walk for the vendor, one table of sensor groups a model.

    VV IIII FFFF WWWW ... WWWW
    - V: 8 bit protocol version, 2
    - I: 16 bit device id, the number on the label
    - F: 16 flags; bit n is set where sensor group n follows
    - W: 16 bit words of the groups that are set, in order of their bits

All most significant byte first. A flag that the model's table does not have is refused: the length of its group is
unknown.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from decoders.base import Decoded, Reading, UnknownMessage, WrongLength
from decoders.bits import u16_be

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PORT = 1
"""The FPort of every Decentlab device."""

_VERSION = 2
_HEADER = 5

Words: TypeAlias = tuple[int, ...]


class Value(NamedTuple):
    """One value of a group: its quantity, and how the group's words make it."""

    quantity: str
    convert: Callable[[Words], float]


class Group:
    """What one flag announces: so many words, and the values in them."""

    __slots__ = ("size", "unpack_from", "values")

    def __init__(self, words: int, *values: Value) -> None:
        layout = Struct(f">{words}H")
        self.size = layout.size
        self.unpack_from = layout.unpack_from
        self.values = values


def walk(payload: bytes, groups: Sequence[Group]) -> Decoded:
    """Read a payload by a model's groups.

    Raises:
        WrongLength: shorter than the header, or not as long as its flags announce.
        UnknownMessage: another protocol version, or a flag that the table does not have.
    """
    if len(payload) < _HEADER:
        raise WrongLength(f"{len(payload)} bytes; the header alone has {_HEADER}")
    if payload[0] != _VERSION:
        raise UnknownMessage(f"protocol version {payload[0]}; {_VERSION} is known")
    flags = u16_be(payload, 3)
    if flags >> len(groups):
        raise UnknownMessage(f"flags {flags:04x}; this model has {len(groups)} sensor groups")
    present = [group for bit, group in enumerate(groups) if flags >> bit & 1]
    expected = _HEADER + sum(group.size for group in present)
    if len(payload) != expected:
        raise WrongLength(f"{len(payload)} bytes; flags {flags:04x} announce {expected}")
    readings: list[Reading] = []
    position = _HEADER
    for group in present:
        words = group.unpack_from(payload, position)
        position += group.size
        readings += [Reading(quantity, convert(words)) for quantity, convert in group.values]
    return Decoded(tuple(readings))
