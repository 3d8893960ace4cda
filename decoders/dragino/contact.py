"""Dragino's outdoor contact sensors: what their reports and data logs have in common.

    FF CCCCCC LLLLLL NNNNNNNN           11 bytes: flags, 24 bits count, 24 bits minutes of the last time, time
    - F: bit 0 the contact, bit 1 it has lasted longer than the owner allows; the rest differs by model

How long the last time lasted has no place in the vocabulary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decoders.base import Decoded, Reading
from decoders.bits import u24_be
from decoders.dragino.protocol import ENTRY, expect

if TYPE_CHECKING:
    from collections.abc import Iterator

WRAP = 2**24


class Contact(NamedTuple):
    """What one model's contact means.

    Attributes:
        state: the quantity of bit 0.
        counter: the counter; "" where it is not read.
        channel: of all that it gives.
        inverted: 1 where bit 0 is the other way round than the state.
        part: flag of a count since the previous report.
        since: the quantity of such a count; "" where it is not read.
    """

    state: str
    counter: str = ""
    channel: int = 0
    inverted: int = 0
    part: int = 0
    since: str = ""

    def entry(self, payload: bytes, position: int, at: int | None) -> Iterator[Reading]:
        """One entry of the data log, or a whole report where `at` is None."""
        flags = payload[position]
        count = self.since if flags & self.part else self.counter
        yield Reading(self.state, float(flags & 1 ^ self.inverted), self.channel, at)
        yield Reading("alarm", float(flags >> 1 & 1), self.channel, at)
        if count:
            yield Reading(count, float(u24_be(payload, position + 1)), self.channel, at)

    def report(self, payload: bytes) -> Decoded:
        """A report of 11 bytes."""
        expect(payload, ENTRY)
        return Decoded(tuple(self.entry(payload, 0, None)))
