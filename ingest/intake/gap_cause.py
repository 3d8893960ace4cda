"""Where the frames of a gap were lost, from what is known when the uplink behind it comes. Pure but for the accounts.

docs/gaps.md says what each cause means and how far the evidence can be trusted. In short, the strongest first:

lost      this process itself has lost events of that source
network   the connection to the broker was interrupted; the server says that it dropped such a frame; the frames came
          faster than a device can send; nothing came from the whole source; their gateways were offline, or have
          received them
radio     every gateway that hears the device has accounted for all that it received
unknown   nothing of this

Nobody knows when the missing frames were sent. They are taken to lie evenly between the two uplinks around them, which
is right for a device that speaks at regular times; for `radio` a device must be one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateways.lorawan.airtime import uplink_airtime_ms
from ingest.intake.network import Hole
from ingest.journal.entry import Cause

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateways.uplink import Uplink
    from ingest.intake.device_state import Past
    from ingest.intake.network import Gateway, Network, Source, Span

RECEIVE_DELAY = 1_000
"""Milliseconds between the end of an uplink and its first receive window, before which no device speaks again."""

JITTER = 1_000
"""Milliseconds by which the server may have had a frame earlier than an older one."""

SLACK = 2_000
"""Milliseconds by which a device's clock may wander from one uplink to the next, and a hundredth of that time."""

BURST = 8
"""Frames at most that are held to have come all at once although the device, at its pace, cannot have sent so many:
some devices jump ahead with their counter when they start, and those frames never were."""

LAST_WILL = 60_000
"""Milliseconds that a broker may take to notice that a gateway has gone: one and a half keep-alives and some."""


class Gap(NamedTuple):
    """Frames of a device that did not come.

    Attributes:
        frames: how many.
        until: when the network had the uplink behind them, ms.
        past: what the device did before.
    """

    dev_eui: int
    frames: int
    until: int
    past: Past

    @property
    def since(self) -> int:
        """When the network had the uplink before them, ms."""
        return self.past.newest

    @property
    def spacing(self) -> float:
        """Milliseconds between two frames, if they were sent evenly."""
        return (self.until - self.since) / (self.frames + 1)

    @property
    def slack(self) -> float:
        """Milliseconds by which each may have been sent earlier or later than that."""
        return SLACK + self.spacing / 100

    @property
    def pace(self) -> float:
        """Milliseconds from one frame to the next, as far as the remembered uplinks tell; 0 where they do not."""
        (early, since), (late, until) = min(self.past.uplinks), max(self.past.uplinks)
        return max(0, until - since) / (late - early) if late > early else 0.0

    @property
    def regular(self) -> bool:
        """Whether the device has kept its pace meanwhile, so that the frames were sent when they should be."""
        pace = self.pace
        return pace > 0 and 2 / 3 < self.spacing / pace < 3 / 2

    @property
    def due(self) -> bool:
        """Whether the device may have sent them by now, at twice its pace at most since one of the uplinks before."""
        pace, last = self.pace / 2, self.past.counter + self.frames + 1
        return any(self.until - at >= (last - f_cnt) * pace > 0 for f_cnt, at in self.past.uplinks)

    def sent_within(self, spans: Iterable[tuple[float, float]]) -> bool:
        """Whether most of the frames fall into these times."""
        if self.spacing <= 0:
            return False
        within = 0
        for since, until in spans:
            first = max(1, -int(-(since - self.slack - self.since) // self.spacing))
            last = min(self.frames, int((until + self.slack - self.since) // self.spacing))
            within += max(0, last - first + 1)
        return 2 * within > self.frames


def cause_of(gap: Gap, network: Network, source: str, uplink: Uplink) -> Cause:
    """The cause of a gap; what counts frames is charged with those that it explains.

    Args:
        gap: the frames.
        network: what is known of it, the uplink behind the gap included.
        source: where that uplink came from.
        uplink: itself.
    """
    known = network.source(source)
    if _lost(gap, known):
        return Cause.LOST
    gateways = [network.gateways.get(name) for name in {link.gateway for link in uplink.links}]
    heard = [gateway for gateway in gateways if gateway is not None]
    complete = bool(gateways) and len(heard) == len(gateways)
    if (
        gap.sent_within(known.away)
        or _dropped(gap, network)
        or _too_fast(gap, uplink)
        or (2 * known.usual <= gap.spacing and gap.sent_within(known.silent))
        or (complete and all(_offline(gap, gateway) for gateway in heard))
        or _received(gap, heard)
    ):
        return Cause.NETWORK
    if complete and gap.regular and all(_accounted(gap, gateway) for gateway in heard):
        return Cause.RADIO
    return Cause.UNKNOWN


def _lost(gap: Gap, source: Source) -> bool:
    """Whether this process has lost as many events between the two uplinks."""
    for place, hole in enumerate(source.holes):
        if hole.left >= gap.frames and gap.since < hole.until and hole.since < gap.until:
            source.holes[place] = Hole(hole.since, hole.until, hole.left - gap.frames)
            return True
    return False


def _dropped(gap: Gap, network: Network) -> bool:
    """Whether the server says so of one of them."""
    frames = network.dropped.pop(gap.dev_eui, ())
    return any(0 < frame.f_cnt - gap.past.counter <= gap.frames and frame.at >= gap.since for frame in frames)


def _too_fast(gap: Gap, uplink: Uplink) -> bool:
    """Whether no device can send so many frames in that time: they were kept somewhere, and came all at once.

    A server that gets several frames of one device within some 100 ms drops those that others have overtaken.
    """
    fastest = RECEIVE_DELAY + (uplink_airtime_ms(uplink) or 0.0)
    if not -JITTER <= gap.until - gap.since < (gap.frames + 1) * fastest:
        return False
    return gap.frames <= BURST or gap.due


def _offline(gap: Gap, gateway: Gateway) -> bool:
    """Whether the gateway was offline when they were sent."""
    if not gateway.off_from:
        return False
    return gap.sent_within([(gateway.off_from - LAST_WILL, gateway.off_to or gap.until)])


def _received(gap: Gap, heard: Iterable[Gateway]) -> bool:
    """Whether a gateway has received them: its account, which had balanced for as long before, lacks as many."""
    for gateway in heard:
        if gateway.lost >= gap.frames and gateway.clean >= gap.until - gap.since:
            span: Span | tuple[int, int] = (gateway.lost_from, gateway.lost_to)
            if gap.sent_within([span]):
                for charged in heard:
                    charged.lost = max(0, charged.lost - gap.frames)
                return True
    return False


def _accounted(gap: Gap, gateway: Gateway) -> bool:
    """Whether we have seen all that the gateway received, from the uplink before the frames until after the last."""
    return 0 < gateway.since <= gap.since and gateway.balanced >= gap.until - gap.spacing + gap.slack
