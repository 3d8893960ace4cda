"""What intake remembers of one device, in 104 bytes: enough to tell repeats, gaps and resets of its frame counter.

    DevAddr u32 | high u32 | window u64 | newest u64 ms
    4 x (digest u64, received u64 ms, FCnt u32), the newest last, 0 where none
    causes 2 x u64, only where a counter is missing whose cause is known

The counter is judged within a session (one DevAddr). `window` has a bit for each of the 64 counters up to `high`: set
where it was seen, or where nothing is known to be missing (the frames before the first one that we saw). The state
stays packed in memory too: a city of a million devices fits, and packing costs a microsecond. `causes` are the low and
the high bit of the cause under which each of these counters is missing, so that one that comes late after all is taken
off that very cause.
"""

from __future__ import annotations

import struct
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from ingest.journal.entry import Cause, Verdict

REMEMBERED = 4
"""Uplinks of the device that a repeat is compared with."""

REPEAT_WITHIN = 60_000
"""Milliseconds between an uplink and its repeat; what comes later is a new uplink."""

LATE = 10_000
"""Milliseconds: an uplink that the network had so much earlier than another one is late, and resets nothing."""

FARTHEST = 16_384
"""Counters that an uplink may be ahead, as LoRaWAN 1.0.3 has it (MAX_FCNT_GAP): half a year of a device that speaks
each quarter of an hour. One farther ahead is no gap but another count, or a lie."""

WINDOW = 64
_ALL_SEEN = (1 << WINDOW) - 1

_LAYOUT = struct.Struct("<IIQQ" + "QQI" * REMEMBERED)
_NEWEST, _FIRST, _EACH = 3, 4, 3
"""Where `newest` and the remembered uplinks stand among the numbers, and how many numbers each of those takes."""

SIZE = _LAYOUT.size
"""Bytes of a state without causes."""

_CAUSES = struct.Struct("<QQ")

_KEPT, _UNKNOWN = Verdict.KEPT, Cause.UNKNOWN  # to ask an enumeration for its member takes 0.1 us


class Frame(msgspec.Struct, frozen=True, gc=False):
    """What is compared of an uplink.

    Attributes:
        digest: of DevAddr, FCnt, FPort and payload.
        received: milliseconds since 1970.
    """

    dev_addr: int
    f_cnt: int
    digest: int
    received: int


class Seen(msgspec.Struct, frozen=True, gc=False):
    """What an uplink is to its device, and the device's state after it.

    Attributes:
        gap: counters newly missing, just before this one.
        filled: counters that were missing and are no more.
        session: it began a session.
        cause: why the filled counter was missing.
    """

    state: bytes
    verdict: Verdict
    gap: int = 0
    filled: int = 0
    session: bool = False
    cause: Cause = Cause.UNKNOWN


class Past(NamedTuple):
    """What a device did.

    Attributes:
        counter: the highest of the session.
        newest: when the network had the newest uplink, ms.
        uplinks: (FCnt, when the network had it) of those that are remembered, in order of their coming.
    """

    counter: int
    newest: int
    uplinks: tuple[tuple[int, int], ...]


def digest(dev_addr: str, f_cnt: int, f_port: int, payload: bytes) -> int:
    """What must be the same for two uplinks to be the same frame, as a 64-bit number; never 0."""
    key = b"%b %d %d " % (dev_addr.encode(), f_cnt, f_port)
    return int.from_bytes(blake2b(key + payload, digest_size=8).digest(), "little") or 1


def first(frame: Frame) -> bytes:
    """The state of a device after the first uplink that we see: what came before it is unknown, not missing."""
    nothing = (0,) * (_EACH * (REMEMBERED - 1))
    own = (frame.digest, frame.received, frame.f_cnt)
    return _LAYOUT.pack(frame.dev_addr, frame.f_cnt, _ALL_SEEN, frame.received, *nothing, *own)


def observe(state: bytes, frame: Frame) -> Seen:
    """Hold an uplink against what is known of its device."""
    numbers = _LAYOUT.unpack_from(state)
    dev_addr, high, window = numbers[:_NEWEST]
    if frame.digest in numbers[_FIRST::_EACH] and _repeats(numbers, frame):
        return Seen(state, Verdict.DUPLICATE)
    verdict, gap, filled, session = _KEPT, 0, 0, False
    newest = max(numbers[_NEWEST], frame.received)
    behind_time = newest - frame.received > LATE
    if dev_addr != frame.dev_addr and behind_time:
        frame = msgspec.structs.replace(
            frame, dev_addr=dev_addr
        )  # of a session that has ended: it says nothing of this one
    elif dev_addr != frame.dev_addr:
        high, window, session = frame.f_cnt, _ALL_SEEN, True
    elif frame.f_cnt > high + FARTHEST:
        high, window, session = frame.f_cnt, _ALL_SEEN, True  # no device is silent for so long: it counts from anew
    elif frame.f_cnt > high:
        ahead = frame.f_cnt - high
        gap = ahead - 1
        high, window = frame.f_cnt, (window << ahead | 1) & _ALL_SEEN if ahead < WINDOW else 1
    elif _missing(high, window, frame.f_cnt):
        window, filled = window | 1 << (high - frame.f_cnt), 1
    elif not behind_time:
        verdict, high, window = Verdict.RESET, frame.f_cnt, _ALL_SEEN
    past = numbers[_FIRST + _EACH :]
    own = (frame.digest, frame.received, frame.f_cnt)
    packed = _LAYOUT.pack(frame.dev_addr, high, window, newest, *past, *own)
    if len(state) == SIZE:
        return Seen(packed, verdict, gap, filled, session)
    causes = _CAUSES.unpack_from(state, SIZE)
    cause = _cause(causes, high - frame.f_cnt) if filled else _UNKNOWN
    return Seen(packed + _moved(causes, high - numbers[1], window), verdict, gap, filled, session, cause)


def blame(state: bytes, gap: int, cause: Cause) -> bytes:
    """The state of a device of which `gap` counters are newly missing, with the cause of that."""
    if cause is Cause.UNKNOWN:
        return state
    low, high = _CAUSES.unpack_from(state, SIZE) if len(state) > SIZE else (0, 0)
    new = ((1 << min(gap, WINDOW - 1)) - 1) << 1
    return state[:SIZE] + _CAUSES.pack(low | new * (cause & 1), high | new * (cause >> 1))


def counter(state: bytes) -> int:
    """The highest frame counter of the session."""
    return int(_LAYOUT.unpack_from(state)[1])


def session(state: bytes) -> int:
    """The DevAddr of the session."""
    return int(_LAYOUT.unpack_from(state)[0])


def past(state: bytes) -> Past:
    """What a device did before the next uplink."""
    numbers = _LAYOUT.unpack_from(state)
    places = [place for place in range(_FIRST, len(numbers), _EACH) if numbers[place]]
    return Past(numbers[1], numbers[_NEWEST], tuple((numbers[place + 2], numbers[place + 1]) for place in places))


def _cause(causes: tuple[int, ...], behind: int) -> Cause:
    low, high = causes
    return Cause(low >> behind & 1 | (high >> behind & 1) << 1)


def _moved(causes: tuple[int, ...], ahead: int, window: int) -> bytes:
    """The causes of what is still missing, where the counter has gone on; b"" where none is left."""
    missing = ~window & _ALL_SEEN
    low, high = (cause << ahead & missing if 0 <= ahead < WINDOW else 0 for cause in causes)
    return _CAUSES.pack(low, high) if low or high else b""


def _missing(high: int, window: int, f_cnt: int) -> bool:
    behind = high - f_cnt
    return behind < WINDOW and not window >> behind & 1


def _repeats(numbers: tuple[int, ...], frame: Frame) -> bool:
    """Whether it is an uplink that came within the minute, and the session's counter has not gone on since."""
    for place in range(_FIRST, len(numbers), _EACH):
        if numbers[place] == frame.digest and abs(numbers[place + 1] - frame.received) <= REPEAT_WITHIN:
            return all(later <= frame.f_cnt for later in numbers[place + 2 + _EACH :: _EACH])
    return False
