"""What a decoder's answer has to be, whatever the payload: the family's tests and the fuzzer hold it to this."""

from __future__ import annotations

import random
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, DecodeError, Reason
from decoders.catalog import decode
from decoders.quantities import QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decoders.base import Decoded, Decoder

PORTS_TRIED = 2
"""Of a decoder that takes any port, beside the one that its vectors have."""

LONGEST_PAYLOAD = 242
"""Bytes that a LoRaWAN frame can carry at its fastest data rate."""

LONGEST_MESSAGE = 1000

PATIENCE = 1.0
"""Seconds of the processor's time after which a payload has hung; it may take twice that until it is seen."""

_RANGES = {name: quantity.possible for name, quantity in QUANTITIES.items()}


def subclasses(error: type[DecodeError]) -> set[type[DecodeError]]:
    """Every kind of refusal that the package has."""
    below = (kind for kind in error.__subclasses__() if kind.__module__.startswith("decoders."))
    return {error}.union(*map(subclasses, below))


KINDS = {error.kind for error in subclasses(DecodeError)} - {DecodeError.kind}


class Hung(BaseException):
    """A payload that a decoder does not come back from; no `Exception`, which a decoder could catch."""


class _Now:
    case: tuple[Decoder, bytes, int] | None = None


@contextmanager
def hangs_are_told() -> Iterator[None]:
    """Within it, a payload that `try_decode` does not come back from raises, naming the payload.

    In the main thread alone, where signals come; in another one nothing is watched.

    Raises:
        Hung: from inside the decoder.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen: list[object] = [None]

    def look(*_: object) -> None:
        case, seen[0] = seen[0], _Now.case
        if _Now.case is not None and case is _Now.case:
            decoder, payload, f_port = _Now.case
            raise Hung(f"{decoder.name}, FPort {f_port}, {payload.hex() or 'no byte'}: it does not come back")

    before = signal.signal(signal.SIGVTALRM, look)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        _Now.case = None


def try_decode(decoder: Decoder, payload: bytes, f_port: int) -> Decoded | None:
    """Decode and hold the result to the contract; None where it was refused as the contract has it.

    Raises:
        AssertionError: the result breaks the contract.
        Exception: whatever else the decoder raises, which it may not.
    """
    _Now.case = (decoder, payload, f_port)
    try:
        decoded = decode(decoder, payload, f_port)
    except DecodeError as error:
        refusal = error
    else:
        _Now.case = None
        _hold(decoder, decoded)
        return decoded
    _Now.case = None
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
