"""Before a call reaches the fake's services: who asks, how long it takes, and what is to go wrong."""

from __future__ import annotations

import functools
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import empty_pb2

from tests.fakes.chirpstack.refused import Refused
from tests.fakes.chirpstack.world import NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fakes.chirpstack.world import Who, World

_messages: Any = empty_pb2  # made at import, unknown to a type checker
_BEARER = "Bearer "


class Desk:
    """What the services share.

    Attributes:
        world: what is in the server.
        latency: s that each call takes.
        calls: their names, in order: `DeviceService.Create`.
        under_way: calls at this moment; `most` is the most there have been.
        broken: keys whose signature is wrong.
        closed: set at the end: streams end.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.latency = 0.0
        self.turn = 1.0
        self.calls: list[str] = []
        self.under_way = self.most = 0
        self.broken: set[str] = set()
        self.closed = threading.Event()
        self._faults: dict[str, deque[Refused]] = {}

    def fail(self, call: str, code: grpc.StatusCode, text: str = "", times: int = 1) -> None:
        """Let the next calls of a method end so, before they have done anything."""
        with self.world.lock:
            self._faults.setdefault(call, deque()).extend([Refused(code, text)] * times)

    def revoke(self, token: str) -> None:
        """Delete a key on the server: its signature is still good, and it has no right to anything."""
        with self.world.lock:
            self.world.keys[token] = NOBODY

    def enter(self, call: str, context: grpc.ServicerContext) -> Who:
        """Who asks.

        Raises:
            Refused: nobody that may.
        """
        self.closed.wait(self.latency)
        with self.world.lock:
            self.calls.append(call)
            if waiting := self._faults.get(call):
                raise waiting.popleft()
        return self._who(context)

    def _who(self, context: grpc.ServicerContext) -> Who:
        given = dict(context.invocation_metadata()).get("authorization")
        if given is None:
            raise _unauthenticated("no authorization provided")
        text = given.decode() if isinstance(given, bytes) else given
        if not text.startswith(_BEARER):
            raise _unauthenticated("authorization metadata must be in format 'Bearer <TOKEN>")
        token = text.removeprefix(_BEARER)
        if token in self.broken:
            raise _unauthenticated("InvalidSignature")
        if token not in self.world.keys:
            raise _unauthenticated("InvalidToken")
        return self.world.keys[token]

    def count(self, change: int) -> None:
        with self.world.lock:
            self.under_way += change
            self.most = max(self.most, self.under_way)


def _unauthenticated(text: str) -> Refused:
    return Refused(grpc.StatusCode.UNAUTHENTICATED, text)


def nothing() -> Any:
    """The answer of a method that only does something."""
    return _messages.Empty()


class Service:
    """A service at a desk; `name` as the API has it."""

    name = ""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.world = desk.world


def answered(
    method: Callable[[Any, Any, Who], Any],
) -> Callable[[Any, Any, grpc.ServicerContext], Any]:
    """A method of a service that is asked for one answer, or for a stream: with who asks, under the lock.

    A refusal becomes the call's status. The items of a stream are fetched later, without the lock.
    """

    @functools.wraps(method)
    def call(self: Service, request: Any, context: grpc.ServicerContext) -> Any:
        self.desk.count(1)
        try:
            who = self.desk.enter(f"{self.name}.{method.__name__}", context)
            with self.world.lock:
                return method(self, request, who)
        except Refused as refused:
            context.abort(refused.code, refused.text)
        finally:
            self.desk.count(-1)

    return call
