"""The 32-bit frame counter of an uplink, of which only the lower 16 bits are sent. Pure.

`expected` is the counter that follows the highest one that is known. What was sent is the next number that ends in
these 16 bits, or the one before `expected`: a device repeats a frame whose acknowledgement it has not heard. The MIC,
which covers all 32 bits, then says whether that was right: a device that was silent for 65,536 frames is not found.
"""

from __future__ import annotations

BITS = 16
_MASK = (1 << BITS) - 1
COUNTERS = 1 << 32


def full(expected: int, sent: int, bits: int = BITS) -> int:
    """The whole counter.

    Args:
        expected: the highest known counter and one more; 0 where none is known.
        sent: the lower `bits` bits.
        bits: 16 in LoRaWAN; private frames count with fewer.
    """
    mask = (1 << bits) - 1
    before = (expected - 1) % COUNTERS
    if expected and sent == before & mask:
        return before
    return (expected + ((sent - expected) & mask)) % COUNTERS


def earlier(expected: int, sent: int) -> tuple[int, ...]:
    """Counters below `expected` that end in `sent`, as a device that began again or somebody who replays would use.

    The newest one, and the very first one: at most two, so that nobody makes us compute more MICs than that.
    """
    newest = (expected & ~_MASK) | sent
    newest -= 0 if newest < expected else _MASK + 1
    found = [counter for counter in (newest, sent) if 0 <= counter < expected]
    return tuple(dict.fromkeys(found))
