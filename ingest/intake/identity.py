"""Which event an event is: what a redelivery has in common with what came before, and nothing else has."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import TYPE_CHECKING

from gateways.uplink import Event, Message, Notice
from ingest.journal.entry import IDENTITY

if TYPE_CHECKING:
    from ingest.ports import JournalReader

REMEMBERED = 200_000
"""Identities of the last events, in journal order, that a redelivery is compared with."""

UUID_DIGITS = 36
"""Characters of a UUID as text."""

NO_IDENTITY = bytes(IDENTITY)

_CHAINS = 1 << 19


class Identities:
    """Those of the last events that have one, of which every event is asked.

    They lie in a ring, one behind the other, and each names the one before it whose hash is alike: such a chain, newest
    first, ends where the ring has gone over it. So nothing is ever taken out, and nothing is an object of its own:
    200,000 of those, coming and going among whatever waits for a sink, cost 20 MiB, and kept memory in pieces.

    Args:
        remembered: how many.
    """

    def __init__(self, remembered: int | None = None) -> None:
        self._size = remembered or REMEMBERED
        self._ring = bytearray(self._size * IDENTITY)
        self._before = array("q", bytes(8 * self._size))
        self._newest = array("q", bytes(8 * _CHAINS))
        self._last = self._size  # numbers begin behind this, and 0 is none's

    def add(self, identity: bytes) -> bool:
        """Remember one; false where it is remembered already. Events without one have nothing in common."""
        if identity == NO_IDENTITY:
            return True
        chain = hash(identity) % _CHAINS
        number = newest = self._newest[chain]
        gone = self._last - self._size
        while number > gone:
            place = number % self._size
            if self._ring.startswith(identity, place * IDENTITY):
                return False
            number = self._before[place]
        self._last += 1
        place = self._last % self._size
        self._ring[place * IDENTITY : (place + 1) * IDENTITY] = identity
        self._before[place] = newest
        self._newest[chain] = self._last
        return True

    def recall(self, reader: JournalReader) -> None:
        """Take up where the journal ends."""
        for identities in reader.identities(2 * REMEMBERED):  # some events have none, or repeat one
            for place in range(0, len(identities), IDENTITY):
                self.add(identities[place : place + IDENTITY])


def identify(message: Message, event: Event) -> bytes:
    """What makes an event unique, always with its kind (docs/design.md, Duplicates)."""
    kind = message.kind if isinstance(message, Notice) else "up"
    if kind == "conn":
        return NO_IDENTITY
    if not message.identity:
        return blake2b(event.topic.encode() + b"\0" + event.payload, digest_size=IDENTITY).digest()
    if kind == "up" and len(message.identity) == UUID_DIGITS:
        try:
            identity = bytes.fromhex(message.identity.replace("-", ""))
        except ValueError:
            identity = b""  # of that length, and no UUID
        if len(identity) == IDENTITY:
            return identity
    return blake2b(f"{kind} {message.identity}".encode(), digest_size=IDENTITY).digest()
