"""Many datagrams at once from a socket, without letting go of the interpreter between them (Linux).

Each of Python's own calls of a socket gives other threads a turn, and a thread that computes keeps it for long: at
thousands of datagrams a second the reader would get one a turn, and the kernel would drop the rest. `recvmmsg` takes
what has come in one call; called this way, and told not to wait, it costs microseconds and gives no turn away.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

AT_ONCE = 256
LONGEST = 16 * 1024
"""Bytes of a datagram that are read; a forwarder's has 5 KB at most."""

_NAME = 28  # bytes of the longest address, sockaddr_in6
_TRUNCATED = 0x20
_PASSING = frozenset({errno.EAGAIN, errno.EINTR, errno.ECONNREFUSED})
_LIBC = ctypes.PyDLL(None, use_errno=True)


class _Part(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


class _Header(ctypes.Structure):
    """A message's address and parts, as recvmsg(2) has them."""

    _fields_ = (
        ("name", ctypes.c_void_p),
        ("name_length", ctypes.c_uint32),
        ("parts", ctypes.POINTER(_Part)),
        ("part_count", ctypes.c_size_t),
        ("control", ctypes.c_void_p),
        ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int),
    )


class _Message(ctypes.Structure):
    _fields_ = (("header", _Header), ("length", ctypes.c_uint))


class Sender(NamedTuple):
    """Who sent a datagram: the address as Python has it, and as the kernel has it."""

    host: str
    port: int
    name: bytes


class Received(NamedTuple):
    """A datagram; `whole` is false where it was longer than is read."""

    raw: bytes
    sender: Sender
    whole: bool


class Batch:
    """Reads one socket, which does not block; of one thread."""

    def __init__(self, listening: socket.socket) -> None:
        self._number = listening.fileno()
        self._space = ctypes.create_string_buffer(AT_ONCE * LONGEST)
        self._names = ctypes.create_string_buffer(AT_ONCE * _NAME)
        self._parts, self._messages = (_Part * AT_ONCE)(), (_Message * AT_ONCE)()
        space, names = ctypes.addressof(self._space), ctypes.addressof(self._names)
        for place in range(AT_ONCE):
            part, header = self._parts[place], self._messages[place].header
            part.base, part.length = space + place * LONGEST, LONGEST
            header.name, header.parts, header.part_count = names + place * _NAME, ctypes.pointer(part), 1

    def read(self) -> Iterator[Received]:
        """What has come, in order; nothing where that is nothing.

        Raises:
            OSError: the socket cannot be read.
        """
        for message in self._messages:
            message.header.name_length = _NAME
        count = _LIBC.recvmmsg(self._number, ctypes.byref(self._messages), AT_ONCE, socket.MSG_DONTWAIT, None)
        if count < 0:
            self._check()
        space, names = memoryview(self._space), memoryview(self._names)
        for place in range(max(0, count)):
            message, at, name = self._messages[place], place * LONGEST, place * _NAME
            sender = _sender(bytes(names[name : name + message.header.name_length]))
            yield Received(bytes(space[at : at + message.length]), sender, not message.header.flags & _TRUNCATED)

    def answer(self, raw: bytes, sender: Sender) -> None:
        """Send a datagram back; whoever has gone does not get it."""
        _LIBC.sendto(
            self._number, raw, ctypes.c_size_t(len(raw)), socket.MSG_DONTWAIT, sender.name,
            ctypes.c_uint32(len(sender.name)),
        )  # fmt: skip

    def _check(self) -> None:
        number = ctypes.get_errno()
        if number not in _PASSING:
            raise OSError(number, os.strerror(number))


def _sender(name: bytes) -> Sender:
    (port,) = struct.unpack_from("!H", name, 2)
    if int.from_bytes(name[:2], "little") == socket.AF_INET6:
        return Sender(socket.inet_ntop(socket.AF_INET6, name[8:24]), port, name)
    return Sender("{}.{}.{}.{}".format(*name[4:8]), port, name)


def dropped(listening: socket.socket) -> int:
    """How many datagrams the kernel has dropped for want of room; 0 where it does not say."""
    inode = str(os.fstat(listening.fileno()).st_ino)
    table = Path("/proc/net/udp6" if listening.family is socket.AF_INET6 else "/proc/net/udp")
    try:
        rows = [line.split() for line in table.read_text("ascii").splitlines()[1:]]
    except OSError:
        return 0
    return next((int(row[-1]) for row in rows if inode in row), 0)
