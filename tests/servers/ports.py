"""Free TCP ports that two test processes never share.

Asking the kernel for port 0 and closing the socket hands the same port to the next caller, and a server that is
restarted on its port can find an outgoing connection sitting on it. So ports come from below the ephemeral range, and
each is reserved for the life of this process by an abstract Unix socket of its number, which the kernel frees however
the process ends.
"""

import random
import socket

LOOPBACK = "127.0.0.1"
_BELOW_EPHEMERAL = range(20_000, 32_000)
_reserved: list[socket.socket] = []


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing listens on and that no other test process will be given."""
    generator = random.SystemRandom()
    for _ in range(1000):
        port = generator.choice(_BELOW_EPHEMERAL)
        if _reserve(port):
            return port
    raise RuntimeError(f"no free port from {_BELOW_EPHEMERAL.start} to {_BELOW_EPHEMERAL.stop - 1}")


def _reserve(port: int) -> bool:
    sign = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        sign.bind(f"\0citylora-test-port-{port}")
        with socket.socket() as probe:
            probe.bind((LOOPBACK, port))
    except OSError:
        sign.close()
        return False
    _reserved.append(sign)
    return True
