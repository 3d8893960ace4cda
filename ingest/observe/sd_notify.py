"""Tells systemd how the worker is: `Type=notify` and `WatchdogSec=` of a unit rest on it."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def notify(state: str) -> None:
    """Send one state, such as `READY=1`, `STOPPING=1`, `WATCHDOG=1` or `STATUS=...` (sd_notify(3))."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address[0] == "@":
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
        client.connect(address)
        client.send(state.encode())


def watchdog_seconds() -> float | None:
    """How often systemd wants to hear from us, halved; None where it does not watch."""
    micros = os.environ.get("WATCHDOG_USEC", "")
    return int(micros) / 2_000_000 if micros.isdecimal() and int(micros) else None
