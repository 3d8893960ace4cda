"""How a method is called: with the key, a deadline, and again where that is harmless and may help."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, Any

import grpc

from gateways.chirpstack.admin.meaning import meaning
from gateways.chirpstack.admin.target import dial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateways.chirpstack.admin.errors import AdminError, Kind
    from gateways.chirpstack.admin.target import Target

_ATTEMPTS: dict[Kind, int] = {"busy": 6, "unreachable": 3}
"""How often a call is made that ends so. A locked database has done nothing; SQLite's is free again within moments."""

_PAUSE = 0.2
"""s before the second attempt; twice that before each further one, more or less by half."""


class Caller:
    """A connection. Several threads may call at the same time.

    Attributes:
        busy: answers that the database was locked, also where the call was made again and then done.
    """

    def __init__(self, target: Target) -> None:
        self._channel = dial(target)
        self._metadata = (("authorization", f"Bearer {target.token}"),)
        self._deadline = target.deadline
        self._closed = threading.Event()
        self.busy = 0

    @property
    def channel(self) -> Any:
        """What the API's stubs are made with."""
        return self._channel

    def call(self, name: str, method: Any, request: Any) -> Any:
        """An answer.

        Args:
            name: as an error calls the method.
            method: of a stub.
            request: its message.

        Raises:
            AdminError: none, or a refusal. Its cause is the failure of the attempt before: what was asked for may have
                been done then, though no answer came.
        """
        before: AdminError | None = None
        attempt = 1
        while True:
            try:
                return method(request, timeout=self._deadline, metadata=self._metadata)
            except grpc.RpcError as error:
                failure = meaning(error, name)
            self.busy += failure.kind == "busy"
            if attempt >= _ATTEMPTS.get(failure.kind, 1) or self._closed.wait(_pause(attempt)):
                raise failure from before
            before, attempt = failure, attempt + 1

    def stream(self, name: str, method: Any, request: Any, seconds: float) -> Iterator[Any]:
        """What a stream gives until the time is over, or until `close`.

        Raises:
            AdminError: it broke, or is refused.
        """
        call = method(request, timeout=seconds, metadata=self._metadata)
        try:
            yield from call
        except grpc.RpcError as error:
            ours = self._closed.is_set() and error.code() is grpc.StatusCode.CANCELLED
            if not ours and error.code() is not grpc.StatusCode.DEADLINE_EXCEEDED:
                raise meaning(error, name) from error
        finally:
            call.cancel()

    def close(self) -> None:
        """End what is under way."""
        self._closed.set()
        self._channel.close()


def _pause(attempt: int) -> float:
    usual: float = _PAUSE * 2 ** (attempt - 1)
    return usual * random.uniform(0.5, 1.5)  # noqa: S311  (so that threads do not meet again)
