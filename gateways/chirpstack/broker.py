"""How to reach an MQTT broker, and what to ask of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl


class BrokerSettings(NamedTuple):
    """How to reach a broker and what to ask of it.

    Attributes:
        session_expiry: seconds that the broker keeps our session while we are away (MQTT 5).
        receive_maximum: QoS 1 messages that the broker may send ahead of our acknowledgements (MQTT 5).
        tls: a ready context; None for a plain connection.
        tls_stamp: what the context was made from, so that other certificates make other settings.
    """

    name: str
    host: str
    port: int
    client_id: str
    topics: tuple[str, ...]
    protocol: str = "5"
    username: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None
    keepalive: int = 30
    session_expiry: int = 30 * 24 * 3600
    receive_maximum: int = 1000
    tls_stamp: str = ""

    def same_as(self, other: BrokerSettings) -> bool:
        """Whether a connection made with the other would be made in the same way."""
        return self._replace(tls=None) == other._replace(tls=None)
