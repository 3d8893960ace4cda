"""The floor of packet forwarders' datagrams: read, parsed as JSON, counted, acknowledged. Nothing is kept or checked.

Runs by itself: `python tests/bench/udp_reader.py PORT` prints its counts at SIGTERM.
"""

from __future__ import annotations

import json
import signal
import socket
import struct
import sys
from contextlib import suppress

SO_RXQ_OVFL, SO_RCVBUFFORCE = 40, 33
COUNT = struct.Struct("I")
BUFFER = 8 * 1024 * 1024


def main() -> None:
    """Read until SIGTERM."""
    received = frames = dropped = 0
    ending = False

    def end(_number: int, _frame: object) -> None:
        nonlocal ending
        ending = True

    signal.signal(signal.SIGTERM, end)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        listening.setsockopt(socket.SOL_SOCKET, SO_RXQ_OVFL, 1)
        with suppress(PermissionError):
            listening.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        buffer = listening.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        listening.bind(("127.0.0.1", int(sys.argv[1])))
        listening.settimeout(0.2)
        while not ending:
            try:
                raw, ancillary, _, sender = listening.recvmsg(65_507, socket.CMSG_SPACE(COUNT.size))
            except TimeoutError:
                continue
            received += 1
            for _, _, body in ancillary:
                dropped = COUNT.unpack(body)[0]
            listening.sendto(raw[:3] + b"\x01", sender)
            frames += len(json.loads(raw[12:])["rxpk"])
    print(json.dumps({"received": received, "frames": frames, "dropped": dropped, "buffer": buffer}), flush=True)


if __name__ == "__main__":
    main()
