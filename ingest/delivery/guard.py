"""Connections to addresses that somebody has typed in: never into our own network, unless that is named.

An address in a configuration, or the name server behind it, may point at what only this machine can reach: a database
on loopback, the cloud's metadata service. So a name is looked up here, each address that it has is judged, and the
connection is made to the very address that was judged: a name that changes between look-up and connection gains nothing
(DNS rebinding), nor does another way to write an address (2130706433, ::ffff:127.0.0.1). Source of the ranges: the
IANA registries of special-purpose addresses, and what clouds document of their metadata services.
"""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from contextlib import contextmanager, suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, TypeAlias

from ingest.delivery.channel import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from ipaddress import IPv4Network

Address: TypeAlias = "IPv4Address | IPv6Address"
Network: TypeAlias = "IPv4Network | IPv6Network"
Resolve: TypeAlias = "Callable[[str, int], Sequence[str]]"
"""Host and port to addresses, as text; OSError where there are none."""

_ALSO = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocol assignments; a cloud's metadata service is at 192.0.0.192
            "168.63.129.16/32",  # the host of an Azure machine
            "192.88.99.0/24",  # relays from IPv6 to IPv4
            "fec0::/10",  # site-local
            "64:ff9b:1::/48",  # NAT64 of a network of one's own
            "2001::/23",  # protocol assignments, Teredo among them
        ),
    )
)
"""Not to be reached either; Python's releases differ on some of them."""

_EMBEDDING = ((IPv6Network("64:ff9b::/96"), 0), (IPv6Network("::/96"), 0), (IPv6Network("2002::/16"), 80))
"""IPv6 addresses that stand for one of IPv4, and how many bits follow it: NAT64, IPv4-compatible, 6to4."""

_NOISE = re.compile(r"<[^>]*>:? ?| \(_ssl\.c:\d+\)")
"""In the text of an error: objects, and places in OpenSSL."""

_TRIED = 8
"""Addresses of one name that are tried."""


class Forbidden(OSError):  # noqa: N818  (reads as what happened)
    """Nothing may be sent to where a name points; the text says which address, and what to do."""


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError("its name can be no name") from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def allowed(address: Address, private: Sequence[Network] = ()) -> bool:
    """Whether something may be sent there.

    Args:
        address: as it was looked up.
        private: ranges that are allowed although they are nobody else's.
    """
    address = _meant(address)
    if any(address in network for network in private):
        return True
    return address.is_global and not address.is_multicast and not any(address in network for network in _ALSO)


class Guard:
    """Makes the connections of one channel.

    Args:
        private: ranges that are allowed beside those of the whole internet.
        look_up: names to addresses; tests bring their own.
        patience: seconds that a delivery may take.
    """

    def __init__(self, private: Sequence[Network] = (), look_up: Resolve = resolve, patience: float = PATIENCE) -> None:
        self._private = private
        self._resolve = look_up
        self._patience = patience
        self._until = 0.0
        self._handles: list[socket.socket] = []
        self._lock = threading.Lock()

    @property
    def left(self) -> float:
        """Seconds that the delivery under way still has; never 0, which means no limit to a socket."""
        return max(0.001, self._until - time.monotonic())

    @contextmanager
    def limit(self) -> Iterator[None]:
        """A delivery: when its time is up its connection is cut, whatever it waits for, drop by drop or not at all."""
        self._until = time.monotonic() + self._patience
        timer = threading.Timer(self._patience, self.cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            with self._lock:
                for one in self._handles:
                    one.close()
                self._handles.clear()

    def connect(self, host: str, port: int) -> socket.socket:
        """A connection to an address of the host that was judged.

        Raises:
            Forbidden: none of its addresses may be reached.
            OSError: it has none, or none answers.
        """
        failure = OSError("it has no address")
        addresses = self._judged(host, port)[:_TRIED]
        for place, address in enumerate(addresses):
            try:
                made = socket.create_connection((address, port), timeout=self.left / (len(addresses) - place))
            except OSError as error:
                failure = error
                continue
            made.settimeout(self.left)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else a body waits 40 ms behind its header
            self.watch(made)
            return made
        raise failure

    @property
    def late(self) -> bool:
        """Whether the time of the delivery under way is up."""
        return time.monotonic() >= self._until

    def why(self, error: BaseException) -> str:
        """What went wrong with the delivery under way, in words."""
        if self.late:
            return f"it did not answer within {self._patience:g} s"
        said = _NOISE.sub("", str(error))
        return said if isinstance(error, Forbidden) else f"{type(error).__name__}: {said}".removesuffix(": ")

    def watch(self, connection: socket.socket) -> None:
        """The delivery under way uses this connection.

        What is kept is a handle of our own, since the other one changes hands where TLS begins.
        """
        with self._lock:
            self._handles.append(socket.socket(fileno=os.dup(connection.fileno())))
        if self.late:  # the time was up before there was anything to cut
            self.cut()

    def cut(self) -> None:
        """End what is under way."""
        with self._lock:
            for one in self._handles:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def _judged(self, host: str, port: int) -> list[str]:
        found = self._resolve(host.strip("[]"), port)
        passed = [text for text in found if allowed(ip_address(text), self._private)]
        if found and not passed:
            raise Forbidden(
                f"{host} is at {found[0]}, which is in a network of our own;"
                f' if it is meant, write private = ["{_around(found[0])}"]'
            )
        return passed


def _meant(address: Address) -> Address:
    """The address of IPv4 that one of IPv6 stands for, else itself."""
    if not isinstance(address, IPv6Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    for network, behind in _EMBEDDING:
        if address in network and int(address) > 1:  # :: and ::1 stand for nothing else
            return IPv4Address((int(address) >> behind) & 0xFFFF_FFFF)
    return address


def _around(text: str) -> str:
    """The range that holds this address alone."""
    return str(ip_network(_meant(ip_address(text.partition("%")[0]))))
