"""What is decided of an event before it is written to the journal, once and for ever: identity, duplicate, time, gap.

Everything here is a function of the events in journal order, never of the wall clock, so the state is the same after a
restart: it is read back from the journal.
"""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from gateways.uplink import Event, GatewayConn, MalformedEvent, Message, Notice, Uplink
from ingest.intake import device_state, network
from ingest.intake.device_state import Frame, digest, first, observe
from ingest.intake.gap_cause import Gap, cause_of
from ingest.intake.identity import NO_IDENTITY, Identities, identify
from ingest.journal.entry import MISSING, Cause, Entry, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ingest.ports import JournalReader

OVERSIZED = 256 * 1024
"""Bytes of payload beyond which only the head, the SHA-256 and the length are kept."""

HEAD = 4 * 1024
"""Bytes that are kept of an oversized payload."""

SECOND = 1_000_000_000
MILLISECOND = 1_000_000
AHEAD = 30 * SECOND
"""How far ahead of this machine's clock another clock may be."""

GONE = 1 << 31
"""Events that may have been acknowledged after the copy was made from which a journal was restored."""

PAST = 7 * 24 * 3600 * SECOND
"""How far behind it the event's own time may be: a broker's queue can be a week old."""

DETAIL = 500
"""Characters that are kept of what a defect says."""

_KEPT, _DUPLICATE, _UNKNOWN = Verdict.KEPT, Verdict.DUPLICATE, Cause.UNKNOWN  # an enumeration takes 0.1 us to ask


class Judged(msgspec.Struct, frozen=True, gc=False):
    """An event with intake's decisions, and what it says."""

    entry: Entry
    identity: bytes
    message: Message | MalformedEvent


class Intake:
    """Judges events in order.

    Attributes:
        tally: counters that the judged events have changed since the last `take`.
        changed: devices whose state has changed since it was last taken.
    """

    def __init__(self, parse: Callable[[str, bytes], Message]) -> None:
        self._parse = parse
        self._identities = Identities()
        self._devices: dict[int, bytes] = {}
        self._network = network.Network()
        self.tally: Counter[str] = Counter()
        self.changed: set[int] = set()

    @property
    def device_count(self) -> int:
        """Devices seen so far."""
        return len(self._devices)

    def counted(self, dev_eui: str) -> tuple[int, int, int] | None:
        """Of a device's newest session: DevAddr, the highest counter, and when its newest uplink was had (ns UTC)."""
        state = self._devices.get(int(dev_eui, 16))
        if state is None:
            return None
        past = device_state.past(state)
        return device_state.session(state), past.counter, past.newest * MILLISECOND

    def judge(self, event: Event) -> Judged:
        """Decide on one event, and remember it."""
        if len(event.payload) > OVERSIZED or event.cut:
            return _judged_oversized(event)
        message = _parsed(self._parse, event.topic, event.payload)
        if isinstance(message, MalformedEvent):
            return Judged(_entry(event, event.arrived_at), NO_IDENTITY, message)
        time, contradicted = received_at(message, event.arrived_at)
        if contradicted:
            self.tally["clock_ahead"] += 1
        identity = identify(message, event)
        if not self._identities.add(identity):
            return Judged(_entry(event, time, Verdict.DUPLICATE), identity, message)
        verdict, gap, cause = self._hold(message, event.source, time, event.arrived_at)
        return Judged(_entry(event, time, verdict, gap, cause), identity, message)

    def recall(self, reader: JournalReader) -> None:
        """Take up where the journal ends."""
        through, self._devices = reader.devices()
        self._network = network.recall(reader.network())
        self._identities.recall(reader)
        while blocks := reader.read(through, 10_000):
            for block in blocks:
                self._again(block.entries)
            through = blocks[-1].last
        if reader.totals().last in reader.jumps():  # nothing since a restore: what came after the copy is gone
            for source in self._network.sources:
                self.lost(source, GONE)
        self.tally.clear()

    def take_tally(self) -> dict[str, int]:
        """The counters, which begin again at zero."""
        tally = dict(self.tally)
        self.tally.clear()
        return tally

    def take_changed(self) -> dict[int, bytes]:
        """The states that have changed, which then count as kept."""
        states = {dev_eui: self._devices[dev_eui] for dev_eui in self.changed}
        self.changed.clear()
        return states

    def network(self) -> bytes:
        """What is known of the network, to be kept beside the devices' states."""
        return network.pack(self._network)

    def interrupted(self, kind: str, source: str, at: int) -> None:
        """A subscriber reports one of `network.INTERRUPTIONS`, at `at` (ns UTC), behind all that was judged."""
        self._network.interrupt(kind, source, at // MILLISECOND)

    def lost(self, source: str, events: int) -> None:
        """So many events of a source were lost in this process, behind all that was judged."""
        self._network.source(source).missed += events

    def queued(self, source: str, *, queued: bool) -> None:
        """Whether the broker keeps a source's uplinks while we are away."""
        self._network.source(source).queued = queued

    def _again(self, entries: Iterable[Entry]) -> None:
        """Bring what is known up to entries that were judged before."""
        for entry in entries:
            message = None if entry.verdict == Verdict.DUPLICATE else understand(self._parse, entry)
            if isinstance(message, Uplink | Notice):
                self._hold(message, entry.source, entry.received_at, entry.arrived_at, Cause(entry.cause))

    def _hold(
        self, message: Message, source: str, time: int, arrived_at: int, decided: Cause | None = None
    ) -> tuple[Verdict, int, Cause]:
        """The same as `_weigh`; a defect of ours leaves the event kept: the broker would give it at every start."""
        try:
            return self._weigh(message, source, time, arrived_at, decided)
        except Exception:  # noqa: BLE001  (whatever it is)
            self.tally["intake_defect"] += 1
            return _KEPT, 0, _UNKNOWN

    def _weigh(
        self, message: Message, source: str, time: int, arrived_at: int, decided: Cause | None
    ) -> tuple[Verdict, int, Cause]:
        """Hold a message against what is known of its device or gateway: what it is, what is missing, and why.

        Args:
            message: what came.
            source: where it came from.
            time: when the network had it.
            arrived_at: when it came.
            decided: the cause that was found when it came, where that was before.
        """
        if isinstance(message, Uplink):
            return self._count(message, source, min(time, arrived_at + AHEAD) // MILLISECOND, decided)
        if isinstance(message, GatewayConn) and self._network.repeats(message):
            return _DUPLICATE, 0, _UNKNOWN
        state = self._devices.get(int(message.device.dev_eui, 16)) if message.device else None
        counter = device_state.counter(state) if state else 0
        self._network.take(message, source, arrived_at // MILLISECOND, counter)
        return _KEPT, 0, _UNKNOWN

    def _count(self, uplink: Uplink, source: str, time: int, decided: Cause | None) -> tuple[Verdict, int, Cause]:
        """Hold an uplink against its device: what it is, how many counters are newly missing (-1: one fewer), and why.

        `time` in ms.
        """
        dev_eui = int(uplink.device.dev_eui, 16)
        frame = Frame(
            address(uplink.dev_addr),
            uplink.f_cnt,
            digest(uplink.dev_addr, uplink.f_cnt, uplink.f_port, uplink.payload),
            max(0, time),
        )
        self.changed.add(dev_eui)
        state = self._devices.get(dev_eui)
        if state is None:
            self._devices[dev_eui] = first(frame)
            self._network.hear(source, frame.received, uplink.links)
            return _KEPT, 0, _UNKNOWN
        seen = observe(state, frame)
        after, verdict, gap, filled, cause = seen.state, seen.verdict, seen.gap, seen.filled, seen.cause
        if verdict is not _DUPLICATE:
            self._network.hear(source, frame.received, uplink.links)
        if gap:
            missing = Gap(dev_eui, gap, frame.received, device_state.past(state))
            found = cause_of(missing, self._network, source, uplink)
            cause = found if decided is None else decided
            after = device_state.blame(after, gap, cause)
        self._devices[dev_eui] = after
        if verdict is not _KEPT or gap or filled or seen.session:
            self.tally["repeated"] += verdict is _DUPLICATE
            self.tally["resets"] += verdict is Verdict.RESET
            self.tally["sessions"] += seen.session
            self.tally["missing_fcnt"] += gap - filled
            self.tally[MISSING[cause]] += gap - filled
        return verdict, gap - filled, cause


def _entry(event: Event, time: int, verdict: Verdict = _KEPT, gap: int = 0, cause: Cause = _UNKNOWN) -> Entry:
    topic, payload, source, arrived_at = event.topic, event.payload, event.source, event.arrived_at
    return Entry(topic, payload, source, arrived_at, time, int(verdict), gap, cause=int(cause))


def _judged_oversized(event: Event) -> Judged:
    entry = Entry(
        event.topic,
        event.payload[:HEAD],
        event.source,
        event.arrived_at,
        event.arrived_at,
        length=event.cut.length if event.cut else len(event.payload),
        digest=event.cut.sha256 if event.cut else sha256(event.payload).digest(),
    )
    return Judged(entry, NO_IDENTITY, oversized(entry))


def oversized(entry: Entry) -> MalformedEvent:
    """Why an oversized event is refused."""
    return MalformedEvent(
        "oversized", f"{entry.length} bytes, at most {OVERSIZED} are read; SHA-256 {entry.digest.hex()}"
    )


def understand(parse: Callable[[str, bytes], Message], entry: Entry) -> Message | MalformedEvent:
    """What an entry of the journal says, as intake understood it when it came."""
    return oversized(entry) if entry.length else _parsed(parse, entry.topic, entry.payload)


def _parsed(parse: Callable[[str, bytes], Message], topic: str, payload: bytes) -> Message | MalformedEvent:
    """What an event says. A defect of the parser harms this event alone, and is kept with it."""
    try:
        return parse(topic, payload)
    except MalformedEvent as malformed:
        return malformed
    except Exception as error:  # noqa: BLE001  (whatever it is: the broker would give this event again at every start)
        return MalformedEvent("parser_defect", f"{type(error).__name__}: {error}"[:DETAIL])


def address(dev_addr: str) -> int:
    """DevAddr as a number; what is no DevAddr is a session of its own."""
    try:
        return int(dev_addr, 16) & 0xFFFF_FFFF
    except ValueError:
        return 0


def received_at(message: Message, arrived_at: int) -> tuple[int, bool]:
    """When the network had the event: the network server's clock, else the event's own, else ours.

    Returns:
        The time, ns UTC; and whether the server's clock is so far ahead of ours that one of them must be wrong.
    """
    if isinstance(message, Uplink):
        stamps = [link.ns_time for link in message.links if link.ns_time]
        if stamps:
            earliest = min(stamps)
            return earliest, earliest - arrived_at > AHEAD
    if message.time is not None and arrived_at - PAST <= message.time <= arrived_at + AHEAD:
        return message.time, False
    return arrived_at, False
