"""InternalService of the fake: the three streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chirpstack_api.api import internal_pb2_grpc

from tests.fakes.chirpstack.desk import Service, answered
from tests.fakes.chirpstack.refused import hexadecimal, no_right

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fakes.chirpstack.world import Who

BATCH = 10
"""Items that the server gives at a turn."""

_EUI = 8


class Streams(Service, internal_pb2_grpc.InternalServiceServicer):
    """A stream gives its history, then at each turn ten items at most; it never ends of itself.

    The id is taken as it is written: in upper case it reaches a stream that nobody feeds.
    """

    name = "InternalService"

    @answered
    def StreamDeviceEvents(self, request: Any, who: Who) -> Iterator[Any]:  # noqa: N802
        return self._of_device("events", request.dev_eui, who)

    @answered
    def StreamDeviceFrames(self, request: Any, who: Who) -> Iterator[Any]:  # noqa: N802
        return self._of_device("frames", request.dev_eui, who)

    @answered
    def StreamGatewayFrames(self, request: Any, who: Who) -> Iterator[Any]:  # noqa: N802
        kept = self.world.gateways.get(hexadecimal(request.gateway_id, _EUI))
        if not who.may(kept.tenant_id if kept else None):
            raise no_right()
        return self._items("gateway", request.gateway_id)

    def _of_device(self, stream: str, dev_eui: str, who: Who) -> Iterator[Any]:
        if not who.may(self.world.tenant_of(hexadecimal(dev_eui, _EUI))):
            raise no_right()
        return self._items(stream, dev_eui)

    def _items(self, stream: str, of: str) -> Iterator[Any]:
        given = 0
        while not self.desk.closed.is_set():
            with self.world.lock:
                batch = list(self.world.streams[stream, of][given : given + BATCH])
            given += len(batch)
            yield from batch
            self.desk.closed.wait(self.desk.turn)
