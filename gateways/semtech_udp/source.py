"""The socket that packet forwarders send to, with the thread that reads it.

Where the network side has no room nothing is read, and the kernel's own buffer fills and overflows: it says how many
datagrams it dropped, and so do we. What a forwarder has had acknowledged is gone for it either way.
"""

from __future__ import annotations

import os
import select
import socket
import threading
import time
from collections import Counter, OrderedDict
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from gateways.handover import Incident, Report, SessionOpened
from gateways.semtech_udp import packets, protocol
from gateways.semtech_udp.batch import Batch, dropped
from gateways.semtech_udp.limits import RateLimit
from gateways.semtech_udp.protocol import BadDatagram, Datagram, Kind
from gateways.uplink import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateways.reception import Reception
    from gateways.semtech_udp.batch import Received, Sender

RECEIVE_BUFFER = 8 * 1024 * 1024
"""Bytes that the kernel is asked to hold for us; it gives `net.core.rmem_max` at most."""

TICK = 0.5
AGAIN = 0.05
TELL_AGAIN = 60.0
"""Seconds between two incidents of one kind."""

PULLED_WITHIN = 60.0
"""Seconds since a gateway's last PULL_DATA in which it can be told to send: forwarders repeat it every 5 to 30 s, to
keep the way open through a firewall."""

GATEWAYS = 1024
REMEMBERED_REQUESTS = 256
POWER = 14
"""dBm EIRP of an answer: below what the law of Việt Nam has for devices without a licence (25 mW ERP)."""

_JOIN_REQUEST_BYTES = 23
_SO_RCVBUFFORCE = 33  # asm-generic/socket.h; Python has no name for it


class UdpSettings(NamedTuple):
    """How one listener is.

    Attributes:
        host: an address of this machine.
        gateways: ids of the gateways that are heard, 16 lower-case hex digits; empty for all.
        rate: datagrams a second that one address may send.
        region: what stands before the topics of gateways, such as `as923_2`.
    """

    name: str
    host: str = "127.0.0.1"
    port: int = 1700
    gateways: frozenset[str] = frozenset()
    rate: int = 1000
    region: str = "as923_2"


class _Way(NamedTuple):
    """How an answer goes: when the request was, by the gateway's clock (us), and where the gateway is."""

    clock: int
    where: tuple[str, int]
    socket: socket.socket


class UdpSource:
    """Listens until `stop`; is a `Transmitter` for join-accepts.

    Args:
        settings: see there.
        hear: takes a frame; false where there is no room.
        pass_on: likewise an event that is no frame.
        report: takes what the administrator has to know.
        now: the wall clock, ns UTC.
        clock: one that is never set, s.

    Attributes:
        connected: it listens.
        address: where, once it does; its port is the kernel's choice where the settings have 0.
        counts: datagrams and frames, and why some were refused.
    """

    def __init__(
        self,
        settings: UdpSettings,
        hear: Callable[[Reception], bool],
        pass_on: Callable[[Event], bool],
        report: Callable[[Report], None],
        now: Callable[[], int] = time.time_ns,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.connected = threading.Event()
        self.counts: Counter[str] = Counter()
        self.address: tuple[str, int] = (settings.host, settings.port)
        self._hear, self._pass_on, self._report, self._now, self._clock = hear, pass_on, report, now, clock
        self._limit = RateLimit(settings.rate)
        self._downstream: OrderedDict[str, tuple[tuple[str, int], float]] = OrderedDict()
        self._asked: OrderedDict[tuple[str, bytes], int] = OrderedDict()
        self._told: dict[str, float] = {}
        self._stopping = threading.Event()
        self._socket: socket.socket | None = None
        self._buffer = 0
        self._thread = threading.Thread(target=self._run, name=f"udp:{settings.name}", daemon=True)

    def start(self) -> None:
        """Begin to listen; returns at once."""
        self._thread.start()

    def stop(self, timeout: float = 5.0) -> None:
        """Hear nothing more, and let go of the port."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def status(self) -> dict[str, Any]:
        """What it has counted since the start."""
        where = "{}:{}".format(*self.address)
        return {"connected": self.connected.is_set(), "address": where, "buffer": self._buffer, **self.counts}

    def ready(self, heard: Reception) -> bool:
        """Whether the gateway that heard a join-request asks for what to send, and has said when it was; see there."""
        return self._way(heard) is not None

    def answer(self, heard: Reception, phy: bytes, delay: int) -> bool:
        """Have the gateway that heard a join-request answer it; see `Transmitter`."""
        way = self._way(heard)
        if way is None:
            return False
        raw = protocol.transmission(os.urandom(2), heard, way.clock + delay, phy, POWER)
        try:
            way.socket.sendto(raw, way.where)
        except OSError:
            return False
        self.counts["answers"] += 1
        return True

    def _way(self, heard: Reception) -> _Way | None:
        clock = self._asked.get((heard.gateway, heard.phy))
        where, pulled = self._downstream.get(heard.gateway, (("", 0), -PULLED_WITHIN))
        late = self._clock() - pulled >= PULLED_WITHIN
        listening = self._socket
        if clock is None or late or listening is None or not (heard.spreading_factor and heard.frequency):
            return None
        return _Way(clock, where, listening)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._opened() as listening:
                    self._socket = listening
                    self._listen(listening)
            except OSError as error:
                detail = f"cannot listen on {self.settings.host}:{self.settings.port}: {error}"
                self._tell(Incident(self.settings.name, "connect_failed", detail))
                self._stopping.wait(1.0)
            except Exception as error:  # noqa: BLE001  (what somebody sends may end nothing; the port is opened again)
                detail = f"a datagram could not be taken: {type(error).__name__}: {error}"
                self._tell(Incident(self.settings.name, "datagram_defect", detail))
            finally:
                self.connected.clear()
                self._socket = None

    def _opened(self) -> socket.socket:
        family, kind, _, _, where = socket.getaddrinfo(
            self.settings.host, self.settings.port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            with suppress(PermissionError):  # beyond the limit only for who may administer the network
                listening.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)
            self._buffer = listening.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
            listening.settimeout(0.0)
            listening.bind(where)
        except BaseException:
            listening.close()
            raise
        return listening

    def _listen(self, listening: socket.socket) -> None:
        self.address = listening.getsockname()[:2]
        self.connected.set()
        self._report(SessionOpened(self.settings.name, "{}:{}".format(*self.address)))
        batch, before, looked_at = Batch(listening), self.counts["dropped"], time.monotonic()
        while not self._stopping.is_set():
            select.select([listening], [], [], TICK)
            for received in batch.read():
                self._take(batch, received)
            if time.monotonic() - looked_at >= TICK:
                looked_at = time.monotonic()
                self._dropped(before + dropped(listening))
        self._dropped(before + dropped(listening))

    def _dropped(self, count: int) -> None:
        if count > self.counts["dropped"]:
            self.counts["dropped"] = count
            detail = f"the kernel has dropped {count} datagrams: more came than could be taken"
            self._tell(Incident(self.settings.name, "datagrams_dropped", detail))

    def _take(self, batch: Batch, received: Received) -> None:
        raw, sender, whole = received
        self.counts["datagrams"] += 1
        if not self._limit.allows(sender.host, time.monotonic()):
            self.counts["over_rate"] += 1
            detail = f"{sender.host} sends more than {self.settings.rate} datagrams a second"
            self._tell(Incident(self.settings.name, "over_rate", detail))
            return
        try:
            if not whole:
                raise BadDatagram("too_long")  # noqa: TRY301  (counted with the others)
            datagram = protocol.parse(raw)
        except BadDatagram as bad:
            self.counts[bad.reason] += 1
            return
        if self.settings.gateways and datagram.gateway not in self.settings.gateways:
            self.counts["unknown_gateway"] += 1
            detail = f"{datagram.gateway} at {sender.host} is none of our gateways"
            self._tell(Incident(self.settings.name, "unknown_gateway", detail))
            return
        answer = protocol.acknowledgement(raw[0], datagram)
        if answer:
            batch.answer(answer, sender)
        self._use(datagram, sender)

    def _use(self, datagram: Datagram, sender: Sender) -> None:
        if datagram.kind is Kind.PUSH_DATA:
            self._pushed(datagram)
        elif datagram.kind is Kind.PULL_DATA:
            way = (sender.host, sender.port), self._clock()
            self._remember(self._downstream, datagram.gateway, way, GATEWAYS)
            self.counts["keep_alive"] += 1
        elif b'"error"' in datagram.body and b'"NONE"' not in datagram.body:
            self.counts["not_sent"] += 1
            detail = f"{datagram.gateway} could not send an answer: {datagram.body[:200]!r}"
            self._tell(Incident(self.settings.name, "not_sent", detail))

    def _pushed(self, datagram: Datagram) -> None:
        found = packets.pushed(self.settings.name, datagram.gateway, datagram.body, self._now())
        self.counts.update(found.bad)
        for one in found.heard:
            phy = one.reception.phy
            if one.clock is not None and len(phy) == _JOIN_REQUEST_BYTES and phy[0] >> 5 == 0:
                self._remember(self._asked, (datagram.gateway, phy), one.clock, REMEMBERED_REQUESTS)
            self._until_taken(self._hear, one.reception)
            self.counts["frames"] += 1
        if found.stat:
            topic = f"{self.settings.region}/gateway/{datagram.gateway}/event/stats"
            self._until_taken(self._pass_on, Event(self.settings.name, topic, found.stat, self._now()))
            self.counts["stats"] += 1

    def _until_taken(self, take: Callable[[Any], bool], thing: object) -> None:
        while not take(thing) and not self._stopping.is_set():
            self._stopping.wait(AGAIN)

    def _remember(self, where: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
        where[key] = value
        where.move_to_end(key)
        if len(where) > most:
            where.popitem(last=False)

    def _tell(self, incident: Incident) -> None:
        now = time.monotonic()
        if now - self._told.get(incident.kind, -TELL_AGAIN) >= TELL_AGAIN:
            self._told[incident.kind] = now
            self._report(incident)
