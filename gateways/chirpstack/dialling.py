"""From `BrokerSettings` to paho: a client, and the CONNECT that keeps our session."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import paho.mqtt.client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from gateways.chirpstack.mqtt_client import BufferedClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateways.chirpstack.broker import BrokerSettings


class TidySocket(ssl.SSLSocket):
    """Closes itself where the handshake fails; paho leaves that to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002  (ssl's signature)
        """See `ssl.SSLSocket.do_handshake`."""
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise


def make_client(settings: BrokerSettings, deliver: Callable[[bytes, bytes, int, bool], None]) -> BufferedClient:
    """A client that is not connected yet. `deliver`: see `BufferedClient`."""
    protocol = mqtt.MQTTv5 if settings.protocol == "5" else mqtt.MQTTv311
    options: dict[str, object] = {"client_id": settings.client_id, "protocol": protocol}
    if protocol == mqtt.MQTTv311:
        options["clean_session"] = False
    client = BufferedClient(deliver, **options)
    identify(client, settings)
    return client


def identify(client: mqtt.Client, settings: BrokerSettings) -> None:
    """Who we are to the broker, and how we know that it is the broker."""
    if settings.username is not None:
        client.username_pw_set(settings.username, settings.password)
    if settings.tls is not None:
        settings.tls.sslsocket_class = TidySocket
        client.tls_set_context(settings.tls)


def connect(client: mqtt.Client, settings: BrokerSettings) -> None:
    """Open the connection and send CONNECT.

    Raises:
        OSError, ValueError: there is no way to the broker.
    """
    if settings.protocol != "5":
        client.connect(settings.host, settings.port, settings.keepalive)
        return
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = settings.session_expiry
    properties.ReceiveMaximum = settings.receive_maximum
    # Not paho's default: "clean start at first" would throw away the queue at every start of this program.
    client.connect(settings.host, settings.port, settings.keepalive, clean_start=False, properties=properties)
