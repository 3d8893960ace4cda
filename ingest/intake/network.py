"""What intake remembers of the network beside its devices: its gateways, and what each broker's stream of events did.

It is the evidence by which a gap is given its cause (`gap_cause`). A function of the events in journal order and of
what the subscribers reported between them; kept beside the devices' states. Times are milliseconds since 1970.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gateways.uplink import GatewayConn, GatewayStats, Join, Log

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateways.uplink import Notice, RadioLink

GATEWAYS = 10_000
"""Gateways remembered, the least recently heard of gives way: else whoever may publish invents them without end."""

DEVICES = 10_000
FRAMES = 64
"""Devices of which the server said that it dropped a frame, and such frames of each, that are remembered likewise."""

SPANS = 32
"""Interruptions of each kind that are remembered of a source."""

SILENCE = 5_000
"""An interruption of all uplinks of a source shorter than this is never held to be one of the network."""

TIMES_USUAL = 20
"""How many times the usual time between two uplinks of a source a silence is, at least: by chance, once in e^20."""

UNKNOWN_USUAL = 3_600_000
"""The usual time between two uplinks before it is learned: it takes some 250 of them, so that nothing is guessed."""

EXCUSED = 3
"""Frames at most that may explain a gateway's surplus although nobody says which gateway heard them: join requests and
repetitions. Where there are more, they would explain everything."""


CLOCKS = 30_000
"""How far two clocks may be apart."""

INTERRUPTIONS = frozenset({"session_lost", "session_taken_over", "connection_lost", "session_opened"})
"""What a subscriber reports that events may have been lost by. The last two say so only where nothing is queued."""

_DROPPED = frozenset({"UPLINK_F_CNT_RESET", "UPLINK_F_CNT_RETRANSMISSION"})
"""Log codes that name a frame which the server has dropped."""

_NO_UPLINK = _DROPPED | {"UPLINK_MIC", "OTAA"}
"""Log codes of a frame that came to the server, and became no uplink."""


class Span(NamedTuple):
    """A time between two uplinks of a source that followed each other."""

    since: int
    until: int


class Hole(NamedTuple):
    """Events of a source that were lost in this process: where, and how many no gap was yet put down to."""

    since: int
    until: int
    left: int


class Source(msgspec.Struct, array_like=True):
    """One broker's stream of events.

    Attributes:
        newest: when the network had its newest uplink.
        usual: the time between two of its uplinks, a moving mean.
        queued: its uplinks come at QoS 1, so the broker keeps them while we are away.
        away: when events may have been lost between the network server and us.
        silent: when no uplink at all came, for far longer than usual.
        holes: where this process has lost events.
        opened: an interruption of the connection that no uplink has come after yet: when it was noticed; 0: none.
        missed: events lost in this process since the newest uplink.
        others: frames that came to the server and became no uplink: join requests, repetitions.
    """

    newest: int = 0
    usual: int = UNKNOWN_USUAL
    queued: bool = True
    away: list[Span] = []
    silent: list[Span] = []
    holes: list[Hole] = []
    opened: int = 0
    missed: int = 0
    others: int = 0

    def resume(self, time: int, spacing: int) -> None:
        """An uplink has come, after an interruption or after a time that may be one."""
        if spacing > max(SILENCE, TIMES_USUAL * self.usual):
            if self.newest:
                _add(self.silent, Span(self.newest, time))
        else:
            self.usual += (spacing - self.usual) >> 5
        if self.opened:
            # Where the two clocks contradict each other, all that lies between the two uplinks.
            noticed_between = self.newest <= self.opened <= time
            _add(self.away, Span(self.newest, self.opened if noticed_between else time))
            self.opened = 0
        if self.missed:
            _add(self.holes, Hole(self.newest, time, self.missed))
            self.missed = 0


class Gateway(msgspec.Struct, array_like=True, gc=False):
    """One gateway's account: the frames it says that it has received against those of them that we have seen.

    An uplink follows its gateway's report by the server's de-duplication, 200 ms: what a report counts may be seen
    just after it. So a surplus is held to be one only where the next report has not taken it away.

    Attributes:
        seen: receptions of this gateway in uplinks since its last report.
        reported: when that was; 0 where none is known.
        interval: the time between its last two reports.
        surplus: frames that it has received and we have not seen.
        since: since when the account is complete, and nothing of it missing.
        balanced: its last report with no surplus: up to there we have seen every frame that it received.
        lost_from: after this, and before `lost_to`, it received `lost` frames that never came.
        clean: for how long the account had balanced before that.
        off_from: the last time that it was offline; `off_to` is 0 while it still is.
        others: of its source, at the last report; `others_before`: at the one before.
    """

    seen: int = 0
    reported: int = 0
    interval: int = 0
    surplus: int = 0
    since: int = 0
    balanced: int = 0
    lost_from: int = 0
    lost_to: int = 0
    lost: int = 0
    clean: int = 0
    off_from: int = 0
    off_to: int = 0
    others: int = 0
    others_before: int = 0

    def report(self, time: int, received_ok: int, others: int) -> None:
        """It says how many frames it has received since its last report."""
        before, self.reported = self.reported, time
        usual, self.interval = self.interval, max(0, time - before) if before else 0
        seen, self.seen = self.seen, 0
        allowed, self.others_before, self.others = others - self.others_before, self.others, others
        pending = self.surplus
        self.surplus += received_ok - seen
        if not usual or 2 * abs(self.interval - usual) > usual or self.surplus < 0:
            self.surplus, self.since = 0, time  # a report is missing, or the account began in the middle of a frame
        elif pending and self.surplus:
            self._settle(min(pending, self.surplus), allowed, before)
        if not self.surplus:
            self.balanced = time

    def _settle(self, never_seen: int, allowed: int, before: int) -> None:
        """Frames that it had received by its report before this one have not come since."""
        self.surplus -= never_seen
        surely = never_seen - allowed
        if surely <= 0 and allowed <= EXCUSED:
            return
        since, self.since = self.since, self.reported
        if surely <= 0:
            return
        if self.lost_to == before:
            self.lost += surely
        else:
            self.lost_from, self.lost, self.clean = self.balanced, surely, self.balanced - since
        self.lost_to = self.reported

    def connected(self, time: int, *, online: bool) -> None:
        """It has come or gone; what it reports after that is another account."""
        if online:
            self.off_to = time
        else:
            self.off_from, self.off_to = time, 0
        self.interval = self.surplus = 0


class Dropped(NamedTuple):
    """A frame that the server says it has dropped: its counter, and the newest uplink at that time."""

    f_cnt: int
    at: int


class Network(msgspec.Struct, array_like=True):
    """What is known of the network; its fields are only ever added to, so that an older memory can be read.

    Attributes:
        online: by gateway, whether its last word was that it is connected; the least recent first.
        sources: by name.
        gateways: by id, those that say something of themselves; the least recent first.
        dropped: by DevEUI, the least recent first.
    """

    online: dict[str, bool] = {}
    sources: dict[str, Source] = {}
    gateways: dict[str, Gateway] = {}
    dropped: dict[int, list[Dropped]] = {}

    def hear(self, source: str, time: int, links: Sequence[RadioLink]) -> None:
        """An uplink has come, which is no repetition. Every uplink pays for this: it does as little as can be."""
        known = self.sources.get(source)
        if known is None:
            known = self.source(source)
        spacing = time - known.newest
        if spacing > 0:
            if spacing > SILENCE or known.opened or known.missed:
                known.resume(time, spacing)
            else:
                known.usual += (spacing - known.usual) >> 5
            known.newest = time
        for link in links:
            gateway = self.gateways.get(link.gateway)
            if gateway is not None and link.crc == "CRC_OK":
                gateway.seen += 1

    def take(self, notice: Notice, source: str, arrived: int, counter: int) -> None:
        """An event has come that is no uplink.

        Args:
            notice: what it says.
            source: where it came from.
            arrived: when.
            counter: the highest frame counter that we have seen of its device.
        """
        known = self.source(source)
        match notice:
            case GatewayStats():
                said = 0 if notice.time is None else notice.time // 1_000_000
                # Where its clock cannot be right, arrival stands for it; what was queued then has no rhythm to rely on.
                at = said if known.newest - CLOCKS <= said <= arrived + CLOCKS else arrived
                self.gateway(notice.gateway).report(at, notice.received_ok, known.others)
            case GatewayConn():
                self.gateway(notice.gateway).connected(arrived, online=notice.online)
            case Join():
                known.others += 1
            case Log() if notice.code in _NO_UPLINK:
                known.others += 1
                f_cnt = notice.f_cnt_up
                if notice.device and notice.code in _DROPPED and f_cnt is not None and f_cnt > counter:
                    self._drop(int(notice.device.dev_eui, 16), f_cnt, known.newest)

    def interrupt(self, kind: str, source: str, at: int) -> None:
        """A subscriber reports something of `INTERRUPTIONS`, after everything that has come so far."""
        known = self.source(source)
        if kind in ("session_lost", "session_taken_over") or known.opened or not known.queued:
            known.opened = at

    def source(self, name: str) -> Source:
        """What is known of a source."""
        return self.sources.setdefault(name, Source())

    def gateway(self, name: str) -> Gateway:
        """What is known of a gateway that says something of itself."""
        known = self.gateways.pop(name, None) or Gateway()
        self.gateways[name] = known
        if len(self.gateways) > GATEWAYS:
            del self.gateways[next(iter(self.gateways))]
        return known

    def repeats(self, conn: GatewayConn) -> bool:
        """Whether a gateway only says again what it is known to be; it is remembered."""
        known = self.online.pop(conn.gateway, None)
        self.online[conn.gateway] = conn.online
        if len(self.online) > GATEWAYS:
            del self.online[next(iter(self.online))]
        return known is conn.online

    def _drop(self, dev_eui: int, f_cnt: int, at: int) -> None:
        frames = self.dropped.pop(dev_eui, [])
        self.dropped[dev_eui] = [*frames[1 - FRAMES :], Dropped(f_cnt, at)]
        if len(self.dropped) > DEVICES:
            del self.dropped[next(iter(self.dropped))]


def _add(spans: list[Span] | list[Hole], span: Span | Hole) -> None:
    spans.append(span)  # type: ignore[arg-type]
    del spans[:-SPANS]


_decode = msgspec.msgpack.Decoder(Network).decode


def recall(body: bytes) -> Network:
    """The network as it was remembered; b"" where nothing was."""
    return _decode(body) if body else Network()


def pack(network: Network) -> bytes:
    """The bytes to remember."""
    return msgspec.msgpack.encode(network)
