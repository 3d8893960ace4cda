"""Starts the demo's broker, and sees to it that it ends."""

from __future__ import annotations

import select
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Self

from ingest.errors import CityloraError

if TYPE_CHECKING:
    from types import TracebackType

HOST = "127.0.0.1"
USER = "demo"
"""What a client calls itself; the broker refuses one without a name."""

PATIENCE = 10.0
"""Seconds for the broker to begin, and to end."""


class BrokerProcess:
    """The broker, from the moment that this is made until the end of the context.

    Raises:
        CityloraError: the extra that brings the broker is not installed.
    """

    def __init__(self) -> None:
        if find_spec("amqtt") is None:
            raise CityloraError("the demo's MQTT broker is not installed", "pip install 'citylora[demo]'")
        # -P: a file of the working directory must not stand in for a module.
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", "-m", "ingest.demo.broker", HOST],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            process_group=0,  # Ctrl-C in the terminal is for this process, which then ends that one
        )

    @property
    def alive(self) -> bool:
        """Whether it still serves."""
        return self._process.poll() is None

    def port(self) -> int:
        """Where it listens, once it does.

        Raises:
            CityloraError: it does not begin.
        """
        words = self._process.stdout
        line = words.readline() if words is not None and select.select([words], [], [], PATIENCE)[0] else ""
        if not line.strip().isdecimal():
            hint = f"`{sys.executable} -m ingest.demo.broker {HOST}` says why"
            raise CityloraError("the demo's MQTT broker does not start", hint)
        return int(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
