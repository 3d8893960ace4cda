"""The frame of an IMBuildings payload: with its type and the device's number in front, or bare.

    TT VV IIIIIIIIIIIIIIII D..D     T: type, V: variant, I: the device's number
    D..D                            without a header; the maker recommends FPort 10 * type + variant for it
    f1 01 ..                        answer to a downlink

Most significant byte first. Port and header are settings of the owner's. No two variants of a type are of one length,
with or without a header, so that the length alone tells a bare one, on whatever port it comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decoders.base import Decoded, UnknownMessage, UnsupportedMessage, WrongLength

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from decoders.base import Reading

_HEADER = 10
_ANSWER = b"\xf1\x01"
_PEOPLE, _NB_IOT = 0x02, (4, 9)


class Variant(NamedTuple):
    """One variant of a type: the bytes after the header, and what to read from there."""

    length: int
    read: Callable[[bytes, int], Iterable[Reading]]


def reader(kind: int, variants: Mapping[int, Variant]) -> Callable[[bytes, int], Decoded]:
    """The `decode` of a device that sends payload type `kind`."""
    bare = {variant.length: variant for variant in variants.values()}

    def decode(payload: bytes, _f_port: int) -> Decoded:
        if payload.startswith(_ANSWER):
            return Decoded(())
        variant = bare.get(len(payload))
        if variant is not None:
            return Decoded(tuple(variant.read(payload, 0)))
        variant = _variant(payload, kind, variants)
        if len(payload) != _HEADER + variant.length:
            raise WrongLength(f"{len(payload)} bytes; this variant has {_HEADER + variant.length}")
        return Decoded(tuple(variant.read(payload, _HEADER)))

    return decode


def _variant(payload: bytes, kind: int, variants: Mapping[int, Variant]) -> Variant:
    if payload[:1] == bytes((kind,)) and payload[1:2]:
        variant = variants.get(payload[1])
        if variant is not None:
            return variant
        if kind == _PEOPLE and payload[1] in _NB_IOT:
            raise UnsupportedMessage(f"people counter, variant {payload[1]}: what the NB-IoT counters send")
    raise UnknownMessage(f"type and variant {payload[:2].hex(' ') or 'missing'}: none that this device sends")
