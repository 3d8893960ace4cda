"""One frame with all its receptions, to the event that is handed over, or to what is noted of it. Of one thread."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from gateways.network import joining, private, shaping
from gateways.network.judge import Asked, Refusal, Verified, judge
from gateways.network.session import Device
from gateways.network.transmit import JOIN_ACCEPT_DELAY
from gateways.rfc3339 import render
from gateways.uplink import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateways.network.book import Book, Place
    from gateways.network.foreign import Foreign
    from gateways.network.judge import Reason
    from gateways.network.private import PrivateFrame, Said
    from gateways.network.session import Recall, Session
    from gateways.network.transmit import Transmitter
    from gateways.reception import Reception

PRIVATE_DEVICES = 10_000
"""Devices of private frames that are remembered: their numbers are whatever somebody sends."""

_UNKNOWN = ("foreign", "not_lorawan", "lorawan_1_1", "proprietary", "down", "join_foreign", "bad_mic", "damaged")
"""What a frame of another kind may look like to LoRaWAN's eyes."""


class Mark(NamedTuple):
    """How far a session has come once the event is on disk; see `SessionStore.counted`."""

    dev_eui: str
    dev_addr: int
    since: int
    expected: int


class Taken(NamedTuple):
    """An event of ours; `mark` is None where no session counts it."""

    event: Event
    mark: Mark | None = None


class Names(NamedTuple):
    """What events are called by: the network's name, and the radio plan of its region."""

    network: str
    region: str


class Taker:
    """Takes frames.

    Args:
        names: see there.
        book: the sessions.
        foreign: where frames that are not ours are noted.
        recall: how far the journal has counted, by DevEUI.
        keep_joined: writes a new session and its DevNonce down; why not, where it cannot.
        frames: the declared private ones.

    Attributes:
        outcomes: frames, by what became of them: `up`, `private`, `joined`, or the reason of a refusal.
        transmitters: what can answer, by the name of the source.
    """

    def __init__(
        self,
        names: Names,
        book: Book,
        foreign: Foreign,
        recall: Recall,
        keep_joined: Callable[[Session, int], Reason | None],
        *,
        frames: Sequence[PrivateFrame] = (),
    ) -> None:
        self._names, self._book, self._foreign, self._frames = names, book, foreign, tuple(frames)
        self._recall, self._keep_joined = recall, keep_joined
        self._private: dict[str, int] = {}
        self.outcomes: Counter[str] = Counter()
        self.transmitters: Mapping[str, Transmitter] = {}

    def take(self, copies: list[Reception]) -> Taken | None:
        """The event of a frame, of which `copies` are the receptions, the first one first; None where there is none."""
        sound = [one for one in copies if one.crc != "bad"]
        found = self._judged(sound) if sound else Refusal("bad_crc")
        if isinstance(found, Taken):
            return found
        self.outcomes[found.reason] += 1
        self._foreign.note(found.reason, found.prefix, sound or copies)
        return None

    def _judged(self, copies: list[Reception]) -> Taken | Refusal:
        phy = copies[0].phy
        found = judge(self._book, phy, copies[0].at)
        if isinstance(found, Verified):
            return self._up(found, copies)
        if isinstance(found, Asked):
            return self._join(found, copies)
        if found.reason not in _UNKNOWN:
            return found
        said = self._private_frame(phy)
        return self._of_private(said, copies) if isinstance(said, private.Said) else said or found

    def _event(self, copies: Sequence[Reception], dev_eui: str, kind: str, payload: bytes) -> Event:
        first = copies[0]
        return Event(first.source, shaping.topic(self._names.network, dev_eui, kind), payload, first.at)

    def _up(self, found: Verified, copies: list[Reception]) -> Taken:
        place, frame = found.place, found.frame
        told = shaping.Told(
            place.device, f"{frame.dev_addr:08x}", found.f_cnt, frame.f_port or 0, found.payload,
            frame.adr, frame.confirmed,
        )  # fmt: skip
        self.outcomes["up"] += 1
        payload = shaping.up(self._names.network, self._names.region, told, copies)
        return Taken(self._event(copies, place.session.dev_eui, "up", payload), _mark(place))

    def _join(self, asked: Asked, copies: list[Reception]) -> Taken | Refusal:
        """Accept a device through the first receiver that can send; its session is on disk before the answer goes."""
        able = [one for one in copies if self._ready(one)]
        prefix = f"{asked.request.join_eui:016x}"[:6]
        if not able:
            return Refusal("join_unanswered", prefix)
        address = int.from_bytes(os.urandom(4), "big")
        joined = joining.join(asked, address, copies[0].at)
        if fault := self._keep_joined(joined.session, asked.request.dev_nonce):
            return Refusal(fault, prefix)
        self._book.begin(asked.device, joined.session)
        self._book.used(asked)
        if not any(self.transmitters[one.source].answer(one, joined.answer, JOIN_ACCEPT_DELAY) for one in able):
            return Refusal("join_unanswered", prefix)
        self.outcomes["joined"] += 1
        return Taken(self._event(copies, asked.device.dev_eui, "join", self._joined(asked, joined.session, copies[0])))

    def _ready(self, one: Reception) -> bool:
        transmitter = self.transmitters.get(one.source)
        return transmitter is not None and transmitter.ready(one)

    def _joined(self, asked: Asked, session: Session, first: Reception) -> bytes:
        return msgspec.json.encode(
            {
                "deduplicationId": shaping.identity(first.phy, first.at),
                "time": render(first.at),
                "deviceInfo": shaping.device_info(self._names.network, asked.device),
                "devAddr": f"{session.dev_addr:08x}",
                "regionConfigId": self._names.region,
            }
        )

    def _private_frame(self, phy: bytes) -> Said | Refusal | None:
        looks = False
        for declared in self._frames:
            said = private.read(declared, phy)
            if isinstance(said, private.Said):
                return Refusal("private_unsigned") if said.dev_eui in self._book.enrolled else said
            looks = looks or said
        return Refusal("private_bad_crc") if looks else None

    def _of_private(self, said: Said, copies: list[Reception]) -> Taken | Refusal:
        expected = self._private.get(said.dev_eui)
        if expected is None:
            if len(self._private) >= PRIVATE_DEVICES:
                return Refusal("private_too_many")
            counted = self._recall(said.dev_eui)
            expected = 0 if counted is None else counted.f_cnt + 1
        f_cnt = private.next_counter(expected, said.counter)
        self._private[said.dev_eui] = f_cnt + 1
        distinct = b"" if said.counter else f_cnt.to_bytes(8, "big")
        device = Device(dev_eui=said.dev_eui, name=said.declared.name, tags=said.declared.tags)
        told = shaping.Told(device, said.dev_eui[8:], f_cnt, said.declared.f_port, said.payload, distinct=distinct)
        self.outcomes["private"] += 1
        payload = shaping.up(self._names.network, self._names.region, told, copies)
        return Taken(self._event(copies, said.dev_eui, "up", payload))


def _mark(place: Place) -> Mark:
    session = place.session
    return Mark(session.dev_eui, session.dev_addr, session.since, place.expected)
