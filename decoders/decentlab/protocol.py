"""The Decentlab payload, version 2: one walk for the vendor, one table of sensor groups a model.

    VV IIII FFFF WWWW ... WWWW
    - V: 8 bit protocol version, 2
    - I: 16 bit device id, the number on the label
    - F: 16 flags; bit n is set where sensor group n follows
    - W: 16 bit words of the groups that are set, in order of their bits

All most significant byte first. A flag that the model's table does not have is refused: the length of its group is
unknown. A group that is not set was not measured; nothing is said of it. The device sends no times, no history and no
alarms of another form.
"""

from __future__ import annotations

from struct import Struct
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from decoders.base import Absent, Decoded, Decoder, Reading, Reason, UnknownMessage, WrongLength, reading
from decoders.bits import u16_be

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PORT = 1
"""The FPort of every Decentlab device."""

_VERSION = 2
_HEADER = 5

Words: TypeAlias = tuple[int, ...]


class Value(NamedTuple):
    """One value of a group: its quantity, and how the group's words make it, or why they do not."""

    quantity: str
    convert: Callable[[Words], float | Reason]
    channel: int = 0


class Group:
    """What one flag announces: so many words, and the values in them."""

    __slots__ = ("layout", "values")

    def __init__(self, words: int, *values: Value) -> None:
        self.layout = Struct(f">{words}H")
        self.values = values


class Plan(NamedTuple):
    """One set of flags: how long the payload is, and each group with the position of its first byte."""

    length: int
    groups: tuple[tuple[int, Group], ...]


def plan(groups: Sequence[Group]) -> tuple[Plan, ...]:
    """What every set of flags of a model announces, by the flags."""
    plans = [Plan(_HEADER, ())]
    for group in groups:  # the sets with this group's flag follow those without it
        plans += [Plan(length + group.layout.size, (*parts, (length, group))) for length, parts in plans]
    return tuple(plans)


def walk(payload: bytes, plans: Sequence[Plan]) -> Decoded:
    """Read a payload by a model's plans.

    Raises:
        WrongLength: shorter than the header, or not as long as its flags announce.
        UnknownMessage: another protocol version, or a flag that the table does not have.
    """
    readings: list[Reading] = []
    absent: list[Absent] = []
    for position, group in _announced(payload, plans):
        words = group.layout.unpack_from(payload, position)
        for quantity, convert, channel in group.values:
            value = convert(words)
            if isinstance(value, Reason):
                absent.append(Absent(quantity, value, channel))
            else:
                readings.append(reading((quantity, value, channel, None)))
    return Decoded(tuple(readings), tuple(absent))


def _announced(payload: bytes, plans: Sequence[Plan]) -> tuple[tuple[int, Group], ...]:
    """The groups that the payload holds, all of it checked."""
    if len(payload) < _HEADER:
        raise WrongLength(f"{len(payload)} bytes; the header alone has {_HEADER}")
    if payload[0] != _VERSION:
        raise UnknownMessage(f"protocol version {payload[0]}; {_VERSION} is known")
    flags = u16_be(payload, 3)
    if flags >= len(plans):
        raise UnknownMessage(f"flags {flags:04x}; this model has {len(plans).bit_length() - 1} sensor groups")
    length, groups = plans[flags]
    if len(payload) != length:
        raise WrongLength(f"{len(payload)} bytes; flags {flags:04x} announce {length}")
    return groups


def device(
    model: str,
    *groups: Group,
    first: str | None = None,
    wraps: Mapping[str, float] | None = None,
    aliases: tuple[str, ...] = (),
    differs: tuple[str, ...] = (),
    verified: bool = True,
) -> Decoder:
    """The decoder of a model out of its groups, in order of their flags; `first` is the quantity that it is bought for.

    That is the first of the table unless said otherwise. Nearly every model has an example of the maker's with its
    values. The rest is as in `Decoder`.
    """
    quantities = dict.fromkeys(value.quantity for group in groups for value in group.values)
    plans = plan(groups)

    def decode(payload: bytes, _f_port: int) -> Decoded:
        return walk(payload, plans)

    return Decoder(
        vendor="Decentlab",
        model=model,
        ports=(PORT,),
        quantities=tuple(sorted(quantities, key=lambda name: (name == "battery_voltage") - (name == first))),
        decode=decode,
        wraps=wraps or {},
        aliases=aliases,
        verified=verified,
        differs=differs,
    )
