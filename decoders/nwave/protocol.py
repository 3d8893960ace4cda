"""What the Nwave sensors share: a port for each kind of message, a start-up of version and cause.

Reset cause 0 of the start-up is no restart but a new join.
"""

from __future__ import annotations

from decoders.base import Reading, WrongLength

STATUS, HEARTBEAT, STARTUP, DEBUG = 1, 2, 3, 6
"""FPorts."""

_CAUSE = 3

_STATES = (Reading("parking_occupied", 0.0), Reading("parking_occupied", 1.0))
_RESTARTS = (Reading("restart", 0.0), Reading("restart", 1.0))


def occupied(byte: int) -> Reading:
    """Bit 0 of the first byte of most messages."""
    return _STATES[byte & 1]


def voltage(byte: int) -> Reading:
    """2.5 V and 4 mV for each."""
    return Reading("battery_voltage", (2500 + 4 * byte) / 1000)


def restart(payload: bytes) -> Reading:
    """Of a start-up message, whose length is checked."""
    return _RESTARTS[payload[_CAUSE] != 0]


def expect(payload: bytes, *lengths: int) -> None:
    """Refuse a message of another length.

    Raises:
        WrongLength: it has none of these.
    """
    if len(payload) not in lengths:
        raise WrongLength(f"{len(payload)} bytes; this message has {' or '.join(map(str, lengths))}")
