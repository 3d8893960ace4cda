"""What a decoder's answer has to be, whatever the payload: the family's tests and the fuzzer hold it to this."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, DecodeError, Reason
from decoders.catalog import decode
from decoders.quantities import QUANTITIES

if TYPE_CHECKING:
    from decoders.base import Decoded, Decoder

PORTS_TRIED = 2
"""Of a decoder that takes any port, beside the one that its vectors have."""

LONGEST_PAYLOAD = 242
"""Bytes that a LoRaWAN frame can carry at its fastest data rate."""

LONGEST_MESSAGE = 1000

_RANGES = {name: quantity.possible for name, quantity in QUANTITIES.items()}


def subclasses(error: type[DecodeError]) -> set[type[DecodeError]]:
    """Every kind of refusal."""
    return {error}.union(*(subclasses(below) for below in error.__subclasses__()))


KINDS = {error.kind for error in subclasses(DecodeError)} - {DecodeError.kind}


def try_decode(decoder: Decoder, payload: bytes, f_port: int) -> Decoded | None:
    """Decode and hold the result to the contract; None where it was refused as the contract has it.

    Raises:
        AssertionError: the result breaks the contract.
        Exception: whatever else the decoder raises, which it may not.
    """
    try:
        decoded = decode(decoder, payload, f_port)
    except DecodeError as error:
        refusal = error
    else:
        _hold(decoder, decoded)
        return decoded
    assert refusal.kind in KINDS
    assert 0 < len(str(refusal)) < LONGEST_MESSAGE
    return None


def _hold(decoder: Decoder, decoded: Decoded) -> None:
    _hold_readings(decoder, decoded)
    for absent in decoded.absent:
        assert absent.quantity in decoder.quantities, absent
        assert type(absent.reason) is Reason, absent
        assert type(absent.channel) is int, absent


def _hold_readings(decoder: Decoder, decoded: Decoded) -> None:
    seen = set()
    for reading in decoded.readings:
        quantity, value, channel, at = reading
        assert quantity in decoder.quantities, reading
        assert type(value) is float, reading
        low, high = _RANGES[quantity]
        assert low <= value <= high, reading
        assert type(channel) is int, reading
        assert channel >= 0, reading
        assert at is None or type(at) is int, reading
        seen.add((quantity, channel, at))
    assert len(seen) == len(decoded.readings), f"one value twice: {decoded.readings}"


def some_ports(decoder: Decoder) -> list[int]:
    """Every port of a decoder, or a few where it takes any, and those that have a message of their own."""
    if decoder.ports == ANY_PORT:
        free = [port for port in ANY_PORT if port not in decoder.fixed_ports]
        return [*random.Random(decoder.key).sample(free, PORTS_TRIED), *decoder.fixed_ports]
    return list(decoder.ports)
