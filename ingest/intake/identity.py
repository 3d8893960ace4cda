"""Which event an event is: what a redelivery has in common with what came before, and nothing else has."""

from __future__ import annotations

from collections import deque
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


class Identities:
    """Those of the last `REMEMBERED` events that have one.

    Attributes:
        known: to be asked, which every event does.
    """

    def __init__(self) -> None:
        self.known: set[bytes] = set()
        self._order: deque[bytes] = deque()

    def remember(self, identity: bytes) -> None:
        """One that is not known yet; nothing where the event has none."""
        if identity == NO_IDENTITY:
            return
        self.known.add(identity)
        self._order.append(identity)
        if len(self._order) > REMEMBERED:
            self.known.discard(self._order.popleft())

    def recall(self, reader: JournalReader) -> None:
        """Take up where the journal ends."""
        for identities in reader.identities(2 * REMEMBERED):  # some events have none, or repeat one
            for place in range(0, len(identities), IDENTITY):
                identity = identities[place : place + IDENTITY]
                if identity not in self.known:
                    self.remember(identity)


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
