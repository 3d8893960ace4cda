"""What a frame is to us: an uplink of a session, or why it is none. Pure but for the places of the sessions.

A counter is only believed with the MIC that covers it. What has a right MIC and an old counter is a frame that was sent
before: a replay, or a device that has begun to count again; nothing on the air tells the two apart. So it is refused,
unless the device `may_reset`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from gateways.lorawan import crypto
from gateways.lorawan.fcnt import COUNTERS, earlier, full
from gateways.lorawan.net_id import prefix_of
from gateways.lorawan.phypayload import Data, JoinAccept, JoinRequest, NotLorawan, Proprietary, parse

if TYPE_CHECKING:
    from gateways.network.book import Book, Place
    from gateways.network.session import Device, RootOf

Reason: TypeAlias = Literal[
    "foreign",  # no device of ours has this address
    "bad_mic",  # one has, and did not send it: somebody else's address of the same number, a bad reception, a forgery
    "replayed",  # of a counter that was passed
    "repeated",  # the same frame again, as devices send it that wait for an acknowledgement
    "malformed",  # MAC commands in the header and as payload, which the specification forbids
    "down",  # a gateway sent it
    "bad_crc",
    "not_lorawan",
    "lorawan_1_1",
    "proprietary",
    "join_foreign",
    "join_bad_mic",
    "join_replayed",
    "join_unanswered",  # in order, but nothing here can send the answer in time
    "join_not_kept",  # in order, but it could not be written down
    "damaged",  # of the address of a session that cannot be read any more
    "join_damaged",  # of a device whose keys cannot be read any more
    "private_bad_crc",
    "private_unsigned",  # it says to be of a device whose frames are signed
    "private_too_many",  # more devices than are remembered
]


class Refusal(NamedTuple):
    """Why a frame is no uplink of ours; `prefix` says whose it may be."""

    reason: Reason
    prefix: str = ""


class Verified(NamedTuple):
    """An uplink of ours.

    Attributes:
        f_cnt: all 32 bits.
        payload: decrypted; nothing of FPort 0, whose payload is MAC commands.
    """

    place: Place
    frame: Data
    f_cnt: int
    payload: bytes


class Asked(NamedTuple):
    """A join-request of a device of ours that was not seen before."""

    device: Device
    root: RootOf
    request: JoinRequest


def judge(book: Book, phy: bytes, at: int) -> Verified | Asked | Refusal:
    """Hold a frame that was received at `at` (ns UTC) against the sessions; the place of one it belongs to moves on."""
    try:
        frame = parse(phy)
    except NotLorawan as fault:
        return Refusal("lorawan_1_1" if fault.reason == "lorawan_1_1" else "not_lorawan")
    match frame:
        case Data():
            return _data(book, frame, at) if frame.up else Refusal("down", str(prefix_of(frame.dev_addr)))
        case JoinRequest():
            return _join(book, frame)
        case JoinAccept():
            return Refusal("down")
        case Proprietary():
            return Refusal("proprietary")


def _data(book: Book, frame: Data, at: int) -> Verified | Refusal:
    places = book.places.get(frame.dev_addr)
    reason: Reason = "foreign" if not places else "bad_mic"
    if frame.dev_addr in book.damaged_at:
        reason = "damaged"
    for place in places or ():
        found = _of(place, frame, at)
        if isinstance(found, Verified):
            return found
        if found is not None:
            reason = found
            break
    return Refusal(reason, str(prefix_of(frame.dev_addr)))


def _of(place: Place, frame: Data, at: int) -> Verified | Reason | None:
    """What it is to this session; None where it is not of it."""
    key, expected = place.session.nwk_s_key, place.expected
    f_cnt = full(expected, frame.f_cnt)
    if crypto.same(crypto.data_mic(key, frame, f_cnt), frame.mic):
        if f_cnt < expected:
            return _again(place, frame, f_cnt, at)
        return _taken(place, frame, f_cnt)
    for passed in earlier(expected, frame.f_cnt):
        if passed != f_cnt and crypto.same(crypto.data_mic(key, frame, passed), frame.mic):
            return _taken(place, frame, passed) if place.device.may_reset else "replayed"
    return None


def _again(place: Place, frame: Data, f_cnt: int, at: int) -> Verified | Reason:
    """The last frame once more: in the journal already, unless the process has ended in between."""
    if at > place.copy_until:
        return "repeated"
    return _taken(place, frame, f_cnt)


def _taken(place: Place, frame: Data, f_cnt: int) -> Verified | Reason:
    if frame.f_opts and frame.f_port == 0:
        return "malformed"
    place.expected, place.copy_until = min(f_cnt + 1, COUNTERS - 1), 0
    payload = crypto.crypt(place.session.app_s_key, frame, f_cnt) if frame.f_port else b""
    return Verified(place, frame, f_cnt, payload)


def _join(book: Book, request: JoinRequest) -> Asked | Refusal:
    prefix = f"{request.join_eui:016x}"[:6]
    known = book.roots.get((request.dev_eui, request.join_eui))
    if known is None:
        return Refusal("join_damaged" if request.dev_eui in book.rootless else "join_foreign", prefix)
    device, root = known
    if not crypto.same(crypto.join_mic(root.app_key, request), request.mic):
        return Refusal("join_bad_mic", prefix)
    if request.dev_nonce in root.used:
        return Refusal("join_replayed", prefix)
    return Asked(device, root, request)
