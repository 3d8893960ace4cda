"""RFC 3339 times to integer nanoseconds, exactly: no digit of a nanosecond clock is lost on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

GPS_EPOCH = 315_964_800
"""1980-01-06T00:00:00Z, seconds since 1970."""

LEAP_SECONDS = 18
"""GPS time is ahead of UTC by this many seconds since 2017-01-01; none has been announced since."""

_NS = 1_000_000_000
_RANGE = (1 << 63) - _NS
"""Nanoseconds either way that a 64-bit number holds, from 1677 to 2262: what journal and time series can keep."""

_EPOCH = datetime.fromtimestamp(0, UTC)
_DIGITS = 9
_SECONDS = 512
"""Seconds that are remembered: what comes together is of few, also where it waited."""

_POWERS = (1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1)


class Beyond(ValueError):  # noqa: N818  (it says where the time lies)
    """It is a time, and no 64-bit number of nanoseconds holds it: before 1678, or after 2262."""


@lru_cache(maxsize=_SECONDS)
def _seconds(text: str) -> int:
    """Nanoseconds since 1970 of `2026-11-22T00:32:41+00:00`; the events of one second share them."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no offset from UTC in {text!r}")
    return _bounded(int((moment - _EPOCH).total_seconds()) * _NS)


@lru_cache(maxsize=_SECONDS)
def _seconds_of_utc(text: str) -> int:
    return _seconds(f"{text}+00:00")


def parse(text: str) -> int:
    """Nanoseconds since 1970-01-01T00:00:00Z of an RFC 3339 time with zero to nine digits of a second.

    Raises:
        ValueError: it is no such time.
    """
    digits = text[20:-6]
    if digits.isdecimal() and text[19] == "." and text[-6:] == "+00:00" and len(digits) <= _DIGITS:
        return _seconds_of_utc(text[:19]) + int(digits) * _POWERS[len(digits)]  # the form of servers, at two thirds
    whole, dot, rest = text.partition(".")
    if not dot:
        return _seconds(text)
    digits = rest[:-1] if rest[-1:] == "Z" else rest[:-6]
    if not digits.isdecimal() or len(digits) > _DIGITS:
        raise ValueError(f"{text!r} is no RFC 3339 time")
    return _seconds(whole + rest[len(digits) :]) + int(digits) * _POWERS[len(digits)]


def parse_clock(text: str) -> int:
    """The same of a clock that may be unset: 0 where no number holds what it says, such as Go's 0001-01-01."""
    try:
        return parse(text)
    except Beyond:
        return 0


def _bounded(moment: int) -> int:
    if not -_RANGE < moment < _RANGE:
        raise Beyond("a time before 1678 or after 2262")
    return moment


def from_gps(duration: str) -> int:
    """UTC nanoseconds of a time since the GPS epoch, as Protobuf's JSON writes a duration: `1447882379.709566s`.

    Raises:
        ValueError: it is no such duration.
    """
    whole, _, digits = duration.removesuffix("s").partition(".")
    if not whole.isdecimal() or (digits and not digits.isdecimal()) or len(digits) > _DIGITS:
        raise ValueError(f"{duration!r} is no duration")
    return from_gps_parts(int(whole), int(digits) * _POWERS[len(digits)] if digits else 0)


def from_gps_clock(duration: str) -> int:
    """The same of a clock that may be unset: 0 where no number holds what it says."""
    try:
        return from_gps(duration)
    except Beyond:
        return 0


def from_gps_parts(seconds: int, nanos: int) -> int:
    """The same of a duration as Protobuf itself has it.

    Raises:
        ValueError: below zero, or beyond what a 64-bit number holds.
    """
    if seconds < 0:
        raise ValueError(f"{seconds} s since the GPS epoch")
    return whole(seconds + GPS_EPOCH - LEAP_SECONDS, nanos)


def whole(seconds: int, nanos: int) -> int:
    """Nanoseconds since 1970 of a Protobuf timestamp.

    Raises:
        ValueError: it is none, or beyond what a 64-bit number holds.
    """
    if not 0 <= nanos < _NS:
        raise ValueError(f"{nanos} ns within a second")
    return _bounded(seconds * _NS + nanos)


def render(moment: int) -> str:
    """The RFC 3339 text of nanoseconds since 1970, in UTC, with as many decimals as it needs: 0, 3, 6 or 9.

    Raises:
        ValueError: outside the years 1 to 9999.
    """
    seconds, fraction = divmod(moment, _NS)
    try:
        text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (OverflowError, OSError) as error:
        raise ValueError(f"{moment} ns is no time of the calendar") from error
    digits = f"{fraction:09d}"
    while digits.endswith("000"):
        digits = digits[:-3]
    return f"{text}.{digits}Z" if digits else f"{text}Z"
