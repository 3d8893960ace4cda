"""What is sent: one message to one endpoint. A value; what was written once is sent as it is, however often."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

Type: TypeAlias = Literal["alert.firing", "alert.resolved", "alert.digest", "alert.drill", "citylora.notice"]


class Message(msgspec.Struct, frozen=True):
    """A message of the outbox.

    Attributes:
        id: `msg_...`, the same for every attempt, also after a crash: a hash of what it is about. No `.` in it.
        department: its id.
        endpoint: its name.
        alerts: the ids of those that it tells of: of one alert an endpoint gets its messages in order.
        body: JSON, UTF-8, as it is sent and signed; docs/alert.schema.json says what is in it.
        created: ns UTC.
    """

    id: str
    type: Type
    department: str
    endpoint: str
    alerts: tuple[str, ...]
    body: bytes
    created: int
