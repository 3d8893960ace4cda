"""What people make of the city: noise, parked cars, water drawn, bins filled, lamps lit; pure functions of time.

Times are seconds since 1970-01-01T00:00:00Z. A `key` is a number of one's own: two places of one kind differ by it.
Whatever a counter shows is an integral of time from `INSTALLED` on, so it never runs backwards.
"""

from __future__ import annotations

from math import floor, log10
from zlib import crc32

from gateways.simulator import nature

INSTALLED = 1_767_225_600.0
"""2026-01-01T00:00:00Z: when the simulated city's counters stood at zero."""

_DAY = 86_400.0
_HOUR = 3_600.0
_LOCAL = 7 * _HOUR
_EMPTIED = 5 * _HOUR  # the lorry comes at five in the morning
_TURN = 47 * 60  # s that a car stays, about
_EVENT = 6 * _HOUR


def bustle(at: float) -> float:
    """Days since the city was installed, each weighed by how busy it was: for counters; 0 before."""
    return max(0.0, nature.activity_since(at, INSTALLED))


def days(at: float) -> float:
    """Days since the city was installed; 0 before."""
    return max(0.0, (at - INSTALLED) / _DAY)


def sound(at: float) -> float:
    """dB(A), the equivalent level of some minutes beside a street."""
    return 60.0 + 10.0 * log10(nature.activity(at))


def is_parked(at: float, key: int) -> bool:
    """Whether a car stands in a bay: the busier the city, the likelier."""
    at += key % _TURN
    return _chance(floor(at / _TURN), key) < 0.15 + 0.4 * nature.activity(at)


def is_open(at: float, key: int) -> bool:
    """Whether a door is open just now."""
    return _chance(floor(at / 60), key) < 0.05 * nature.activity(at)


def happens(at: float, key: int, share: float) -> bool:
    """Whether something rare is going on, such as a leak: `share` of all quarters of a day."""
    return _chance(floor((at + key % _EVENT) / _EVENT), key) < share


def drawn(at: float, daily: float, night: float = 0.0) -> float:
    """Water through a meter, in the unit of `daily` and `night`: what is used a day, and what always runs."""
    return daily * bustle(at) + night * days(at)


def fullness(at: float, every: int, key: int) -> float:
    """How full a bin is, 0 to 1, that is emptied every so many days at five in the morning."""
    morning = floor((at + _LOCAL - _EMPTIED) / _DAY)
    emptied = (morning - (morning + key) % every) * _DAY - _LOCAL + _EMPTIED
    return min(1.0, 0.92 * nature.activity_since(at, emptied) / every)


def is_on(at: float, start: float, hours: float) -> bool:
    """Whether something is on that a clock turns on at `start` o'clock, every day, for so many hours."""
    turn = (at + _LOCAL) / _DAY - start / 24
    return turn - floor(turn) < hours / 24


def hours_on(at: float, start: float, hours: float) -> float:
    """For how many hours it has been on since the city was installed."""
    return max(0.0, _hours(at, start, hours) - _hours(INSTALLED, start, hours))


def _hours(at: float, start: float, hours: float) -> float:
    turn = (at + _LOCAL) / _DAY - start / 24
    return floor(turn) * hours + min(24 * (turn - floor(turn)), hours)


def _chance(number: int, key: int) -> float:
    """From 0 to below 1, the same whenever it is asked."""
    return crc32(b"%d/%d" % (key, number)) / 2**32
