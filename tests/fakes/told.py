"""A network server that is what a test tells it: streams as a real one gives them, with history, in batches."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.chirpstack.admin.answers import (
        Activation,
        NetworkServer,
        Profile,
        ServerDevice,
        ServerGateway,
        ServerKeys,
        StreamItem,
    )
    from gateways.chirpstack.admin.errors import AdminError

TURN = 0.02
"""s between two turns of a stream; a real server takes 1 s."""


class Told:
    """Holds what it was told, and answers.

    Attributes:
        refusals: kinds of `AdminError` by method, or by the id whose stream is asked for; each is raised once where it
            may pass, else always.
        opened: ids of the streams that were opened, in order.
        flushed: devices whose nonces were.
    """

    def __init__(self) -> None:
        self.device_of: dict[str, ServerDevice] = {}
        self.profile_of: dict[str, Profile] = {}
        self.keys_of: dict[str, ServerKeys] = {}
        self.activation_of: dict[str, Activation] = {}
        self.gateway_of: dict[str, ServerGateway] = {}
        self.refusals: dict[str, list[AdminError]] = {}
        self.opened: list[str] = []
        self.flushed: list[str] = []
        self._items: dict[str, list[StreamItem]] = {}
        self._awaited: dict[str, list[threading.Timer]] = {}
        self._closed = threading.Event()

    def as_server(self) -> NetworkServer:
        """The same, by the type that callers know; what no test asks of it is not there."""
        return cast("NetworkServer", self)

    def tell(self, of: str, *items: StreamItem) -> None:
        """Items of a device's events (by DevEUI) or of a gateway's frames (by its id)."""
        self._items.setdefault(of, []).extend(items)

    def later(self, seconds: float, of: str, *items: StreamItem) -> None:
        """The same so many seconds after the stream is opened next: however busy the machine is."""
        self._awaited.setdefault(of, []).append(threading.Timer(seconds, self.tell, (of, *items)))

    def device(self, dev_eui: str) -> ServerDevice | None:
        self._refuse("device")
        return self.device_of.get(dev_eui)

    def profile(self, profile: str) -> Profile:
        self._refuse("profile")
        return self.profile_of[profile]

    def keys(self, dev_eui: str) -> ServerKeys | None:
        self._refuse("keys")
        return self.keys_of.get(dev_eui)

    def activation(self, dev_eui: str) -> Activation | None:
        return self.activation_of.get(dev_eui)

    def flush_dev_nonces(self, dev_eui: str) -> None:
        self.flushed.append(dev_eui)

    def gateways(self) -> list[ServerGateway]:
        self._refuse("gateways")
        return list(self.gateway_of.values())

    def device_events(self, dev_eui: str, *, since: int, seconds: float) -> Iterator[StreamItem]:
        return self._stream(dev_eui, since, seconds)

    def gateway_frames(self, gateway: str, *, since: int, seconds: float) -> Iterator[StreamItem]:
        return self._stream(gateway, since, seconds)

    def close(self) -> None:
        self._closed.set()

    def _stream(self, of: str, since: int, seconds: float) -> Iterator[StreamItem]:
        self.opened.append(of)
        for timer in self._awaited.pop(of, []):
            timer.start()
        self._refuse(of)
        given, until = 0, time.monotonic() + seconds
        while time.monotonic() < until and not self._closed.is_set():
            items = self._items.get(of, [])
            for one in items[given:]:
                given += 1
                if one.at >= since:
                    yield one
            self._closed.wait(TURN)
        if self._closed.is_set():
            raise ValueError("Cannot invoke RPC on closed channel!")

    def _refuse(self, what: str) -> None:
        waiting = self.refusals.get(what)
        if waiting:
            error = waiting[0]
            if error.kind in ("unreachable", "deadline", "busy"):
                waiting.pop(0)
            raise error
