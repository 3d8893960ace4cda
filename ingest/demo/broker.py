"""The MQTT broker of the demo: amqtt on a free port of the address that is given. A program of its own.

It prints its port, and serves until its standard input ends: it cannot outlive whoever started it. In the interpreter
of the pipeline it would hold that back to 500 uplinks/s; as a process it has a core to itself.

What amqtt is and is not (0.11): MQTT 3.1.1 only; it sends ahead without a window, and forgets what is not acknowledged
within 5 s, or when the connection ends. It queues for a client that is away, unless its anonymous plugin let that one
in. So each client gives a user name, any one, and none is asked for a password.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from typing import Any

from amqtt.broker import Broker

_OPEN_TO_NAMES = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": False}}


async def serve(host: str) -> None:
    """Serve until standard input ends. Everything is in memory; no file is written."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, _context: None)  # tasks of clients that have gone
    ended = asyncio.Event()
    loop.add_reader(sys.stdin.fileno(), ended.set)
    listeners = {"default": {"type": "tcp", "bind": f"{host}:0"}}
    broker = Broker({"listeners": listeners, "plugins": _OPEN_TO_NAMES})
    await broker.start()
    print(_port(broker), flush=True)
    await ended.wait()
    await broker.shutdown()


def _port(broker: Any) -> int:
    """The port that the system chose; amqtt has no way to ask for it."""
    (server,) = broker._servers.values()  # noqa: SLF001
    return int(server.instance.sockets[0].getsockname()[1])


if __name__ == "__main__":
    logging.disable()
    asyncio.run(serve(sys.argv[1]))
