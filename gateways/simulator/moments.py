"""What a device's turn may be beside a plain uplink: a table of moments, each with how often it comes.

Descriptions, levels and contexts of logs are those of events recorded from ChirpStack 4.20, or of its source where none
was recorded. Which of two events of one frame comes first is chance, as in the server.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from gateways.simulator.events import BAD_CRC, FSK, NO_CRC, Ack, Location, Log, TxAck, Up, noise, uuid
from gateways.simulator.member import BACKHAUL_JITTER, DEDUPLICATION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from gateways.simulator.events import Heard, OfDevice
    from gateways.simulator.member import Member

_OTHER_FRAME = -3
_QUEUE_ITEM = -4
_RX1 = 1_000_000_000  # ns from an uplink to the first receive window of class A
_FSK_CHANNEL, _FSK_FREQUENCY, _FSK_DR = 2, 921_800_000, 7
_MAINS, _UNAVAILABLE = 0, 255


class Said(NamedTuple):
    """What came of a turn.

    Attributes:
        events: in the order in which the server publishes them.
        frames: what gateways have heard.
        up: an uplink is among the events.
        joined: a new session begins.
        later: events that follow after the receive window's delay.
        downlinks: (gateway id, what became of it).
    """

    events: list[OfDevice]
    frames: Sequence[Up] = ()
    up: bool = True
    joined: bool = False
    later: Sequence[TxAck] = ()
    downlinks: Sequence[tuple[str, str]] = ()


def only(up: Up) -> Said:
    """An uplink and nothing else."""
    return Said([up], [up])


def frame_counter_log(code: str, up: Up) -> Log:
    """What the server says of a frame whose counter does not go on: the frame itself is dropped."""
    description = {
        "UPLINK_F_CNT_RESET": "Frame-counter reset or rollover detected",
        "UPLINK_F_CNT_RETRANSMISSION": "Uplink was flagged as re-transmission / frame-counter did not increment",
    }[code]
    context = {"f_cnt_up": str(up.f_cnt), "deduplication_id": up.identity.decode()}
    return Log(up.time, "WARNING", code, description, context)


class Moments:
    """Draws what a turn is."""

    def __init__(self, draw: Random) -> None:
        self._draw = draw
        self._names = list(_WEIGHTS)
        self._weights = list(_WEIGHTS.values())

    def draw(self, member: Member, at: int, *, may_join: bool) -> Said:
        """The next turn of a device; `may_join` is false where the session may not end yet."""
        if member.asked and at > member.asked[1]:
            return self._acknowledged(member, at, member.asked[0])
        (name,) = self._draw.choices(self._names, self._weights)
        if name == "plain" or (name == "join" and not may_join) or (member.asked and "downlink" in name):
            return only(self._varied(member.speak(at)))
        make: Callable[[Member, int], Said] = getattr(self, f"_{name}")
        return make(member, at)

    def _varied(self, up: Up) -> Up:
        """Most are plain; some are empty, confirmed, FSK, or of odd radio metadata."""
        chance = self._draw.random()
        if chance > 0.07:  # noqa: PLR2004
            return up
        if chance > 0.02:  # noqa: PLR2004
            return replace(up, confirmed=True)
        change = _ODD[int(chance / 0.02 * len(_ODD))]
        return change(up)

    def _status(self, member: Member, at: int) -> Said:
        """The same frame brings both."""
        up = member.speak(at)
        answer = replace(member.status(at), identity=up.identity, time=up.time)
        chance = self._draw.random()
        if chance < 0.1:  # noqa: PLR2004
            answer = replace(answer, battery=_MAINS if chance < 0.05 else _UNAVAILABLE)  # noqa: PLR2004
        return Said(self._any_order([up, answer]), [up])

    def _join(self, member: Member, at: int) -> Said:
        """The request is heard as any frame is; the accept goes out by the best gateway."""
        request = member.request(at)
        best = member.receptions[0].gateway.gateway_id
        return Said([member.join(at)], [request], up=False, joined=True, downlinks=[(best, "OK")])

    def _refused_join(self, member: Member, at: int) -> Said:
        """Somebody uses the device's DevEUI with a wrong key, or a nonce again; its session goes on."""
        context = {"deduplication_id": uuid(noise(member.key, at, _OTHER_FRAME)).decode()}
        if self._draw.random() < 0.5:  # noqa: PLR2004
            description = "MIC of join-request is invalid, make sure keys are correct"
            log = Log(at + DEDUPLICATION, "ERROR", "UPLINK_MIC", description, context)
        else:
            context |= {"join_eui": "02c17000000000aa", "dev_nonce": str(self._draw.randint(0, 0xFFFF))}
            log = Log(at + DEDUPLICATION, "ERROR", "OTAA", "DevNonce has already been used", context)
        return Said([log], [member.request(at)], up=False)

    def _location(self, member: Member, at: int) -> Said:
        up = member.speak(at)
        latitude = round(member.device.latitude + self._draw.gauss(0, 0.0003), 6)
        longitude = round(member.device.longitude + self._draw.gauss(0, 0.0003), 6)
        accuracy = float(self._draw.randint(15, 250))
        event = Location(up.identity, up.time, latitude, longitude, "GEO_RESOLVER_TDOA", accuracy)
        return Said(self._any_order([up, event]), [up])

    def _codec(self, member: Member, at: int) -> Said:
        """The profile's codec fails: the bytes come all the same."""
        up = member.speak(at)
        if not member.has_codec:
            return only(up)
        description = "decodeUplink returned errors: payload too short, expected 4 bytes"
        context = {"deduplication_id": up.identity.decode()}
        log = Log(at + DEDUPLICATION, "ERROR", "UPLINK_CODEC", description, context)
        return Said(self._any_order([replace(up, values=None), log]), [up])

    def _repeated(self, member: Member, at: int) -> Said:
        """NbTrans 2: the frame is sent again, and dropped with a word."""
        up = member.speak(at)
        again = replace(up, identity=uuid(noise(member.key, at, _OTHER_FRAME)))
        return Said([up, frame_counter_log("UPLINK_F_CNT_RETRANSMISSION", again)], [up, again])

    def _queue(self, member: Member, at: int) -> Said:
        """A downlink comes to nothing."""
        up = member.speak(at)
        code = self._draw.choice(("EXPIRED", "DOWNLINK_PAYLOAD_SIZE", "DOWNLINK_GATEWAY"))
        item, time = self._item(member, at).decode(), at + DEDUPLICATION
        best = member.receptions[0].gateway.gateway_id
        if code == "DOWNLINK_GATEWAY":
            log = Log(time, "ERROR", code, "TX_FREQ", {})
            return Said(self._any_order([up, log]), [up], downlinks=[(best, "TX_FREQ")])
        if code == "EXPIRED":
            log = Log(
                time, "ERROR", code, "Device queue-item discarded because it has expired", {"queue_item_id": item}
            )
        else:
            context = {"queue_item_id": item, "item_size": "60", "max_payload_size": "51"}
            description = "Device queue-item discarded because it exceeds the max. payload size"
            log = Log(time, "ERROR", code, description, context)
        return Said(self._any_order([up, log]), [up])

    def _downlink(self, member: Member, at: int) -> Said:
        up = member.speak(at)
        return self._sent(member, up, self._item(member, at))

    def _confirmed_downlink(self, member: Member, at: int) -> Said:
        """The device will acknowledge it in its next uplink."""
        up = member.speak(at)
        item = self._item(member, at)
        said = self._sent(member, up, item)
        member.asked = item, said.later[0].time
        return said

    def _sent(self, member: Member, up: Up, item: bytes) -> Said:
        member.f_cnt_down += 1
        best = member.receptions[0].gateway.gateway_id
        number = self._draw.getrandbits(32)
        time = up.time + _RX1 + number % BACKHAUL_JITTER
        sent = TxAck(number, time, item, member.f_cnt_down, best, up.frequency, member.sf, number)
        return Said([up], [up], later=[sent], downlinks=[(best, "OK")])

    def _acknowledged(self, member: Member, at: int, item: bytes) -> Said:
        up = member.speak(at)
        member.asked = None
        ack = Ack(up.identity, up.time, item, self._draw.random() > 0.1, member.f_cnt_down)  # noqa: PLR2004
        return Said(self._any_order([up, ack]), [up])

    def _item(self, member: Member, at: int) -> bytes:
        return uuid(noise(member.key, at, _QUEUE_ITEM))

    def _any_order(self, events: list[OfDevice]) -> list[OfDevice]:
        self._draw.shuffle(events)
        return events


_WEIGHTS = {
    "plain": 915,
    "status": 25,
    "downlink": 8,
    "confirmed_downlink": 8,
    "join": 6,
    "refused_join": 6,
    "location": 6,
    "codec": 12,
    "repeated": 8,
    "queue": 6,
}
"""Of 1,000 turns; some turns are two or three messages, so that nine of ten of these are uplinks."""


def _empty(up: Up, f_port: int) -> Up:
    """MAC commands alone, or an answer without data: what a codec makes of it has no keys."""
    return replace(up, f_port=f_port, payload=b"", values=None if up.values is None else {})


def _fsk(up: Up) -> Up:
    heard = _each(up, lambda one: replace(one, snr=None, channel=_FSK_CHANNEL))
    return replace(up, receptions=heard, frequency=_FSK_FREQUENCY, dr=_FSK_DR, spreading_factor=FSK, adr=False)


def _each(up: Up, change: Callable[[Heard], Heard]) -> list[Heard]:
    return [change(heard) for heard in up.receptions]


_ODD: Sequence[Callable[[Up], Up]] = (
    lambda up: _empty(up, 0),
    lambda up: _empty(up, 0),
    lambda up: _empty(up, up.f_port),
    _fsk,
    lambda up: replace(up, receptions=_each(up, lambda one: replace(one, crc=NO_CRC))),
    lambda up: replace(up, receptions=_each(up, lambda one: replace(one, crc=BAD_CRC))),
    lambda up: replace(up, receptions=_each(up, lambda one: replace(one, snr=math.nan))),
    lambda up: replace(up, receptions=[*up.receptions, replace(up.receptions[0], rssi=up.receptions[0].rssi - 9)]),
)
"""Each as likely as the others. The last one: a gateway with two antennas hears the frame twice."""
