"""Which topic filters the broker holds for our session, and which of them it refuses.

A session keeps filters of which this program's configuration knows nothing more: they are given up, or their events
would go on coming. One that is refused keeps no other from being heard, and is asked for again from time to time.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from paho.mqtt.client import Client
    from paho.mqtt.reasoncodes import ReasonCode

ASK_AGAIN = 300.0
"""Seconds until filters that were refused are tried again: a right may have been granted since."""


class Subscription:
    """The filters of one session.

    Args:
        held: what the broker is thought to hold from before.

    Attributes:
        wanted: what it is asked for.
        granted: what it has agreed to on this connection.
        held: what it may hold for the session.
    """

    def __init__(self, wanted: Iterable[str], held: Iterable[str] = ()) -> None:
        self.wanted = tuple(wanted)
        self.granted: set[str] = set()
        self.held = set(held)
        self._asked: dict[int | None, tuple[str, ...]] = {}
        self._ask_again_at = math.inf

    def begin(self, client: Client, *, session_present: bool) -> None:
        """Ask on a new connection, and give up what is not wanted any more."""
        left_over = sorted(self.held - set(self.wanted))
        if left_over and session_present:
            client.unsubscribe(left_over)
        self._asked.clear()
        self.granted.clear()
        self._ask(client, self.wanted)

    def ask_again(self, client: Client) -> None:
        """Ask for what was refused, when it is time."""
        if time.monotonic() > self._ask_again_at and self.granted:
            self._ask(client, [topic for topic in self.wanted if topic not in self.granted])

    def take(self, mid: int, reasons: Sequence[ReasonCode]) -> list[str]:
        """Take the answer of the broker; the filters that it refused, each with the broker's word for it."""
        answers = list(zip(self._asked.pop(mid, self.wanted), reasons, strict=False))
        self.held = set(self.wanted)  # what was given up was so before this was answered
        self.granted |= {topic for topic, reason in answers if not reason.is_failure}
        refused = [f"{topic} ({reason})" for topic, reason in answers if reason.is_failure]
        self._ask_again_at = time.monotonic() + ASK_AGAIN if refused else math.inf
        return refused

    def _ask(self, client: Client, topics: Sequence[str]) -> None:
        # The same words do for both protocols: paho makes options of a plain QoS for MQTT 5.
        _, mid = client.subscribe([(topic, 1) for topic in topics])
        self._asked[mid] = tuple(topics)
        self._ask_again_at = math.inf
