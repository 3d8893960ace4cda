"""What a decoder from outside the package is held to at every decode. One of the package is held to it by its tests.

Whatever such a decoder does ends as a refusal of the payload under way, which names where the decoder stands: nobody's
own file may stop a city's worker, or leave a row behind that no reader understands.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from math import isfinite
from time import perf_counter
from typing import TYPE_CHECKING, Any

from decoders.base import (
    Absent,
    Decoded,
    DecodeError,
    DecoderDefect,
    OutOfRange,
    Reading,
    Reason,
    UnknownMessage,
    UnsupportedMessage,
    WrongLength,
    WrongPort,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from decoders.base import Decoder

SLOW = 1.0
"""Seconds of one decode after which it is said that it took them."""

_CHANNELS = range(1 << 31)
_TIMES = range(-(1 << 63), 1 << 63)

_KINDS = {error.kind for error in (DecodeError, WrongPort, WrongLength, UnknownMessage, UnsupportedMessage, OutOfRange)}


class Misread(Exception):  # noqa: N818  (named for what it says)
    """A decoder gives what is no result. The message says what, and nothing of where."""


def guard(decoder: Decoder, place: str, on_slow: Callable[[str, float], None] | None = None) -> Decoder:
    """The same decoder, which gives well-formed readings or a `DecodeError` and nothing else.

    Args:
        decoder: one from outside.
        place: where it stands, for a person.
        on_slow: told the place and the seconds of the first decode that takes over `SLOW`.
    """
    decode, allowed = decoder.decode, frozenset(decoder.quantities)
    said = on_slow is None

    def guarded(payload: bytes, f_port: int) -> Decoded:
        nonlocal said
        began = perf_counter()
        try:
            return checked(decode(payload, f_port), allowed)
        except BaseException as error:
            if _is_an_answer(error):
                raise
            raise DecoderDefect(f"{place}: {decoder.name}: {told(error)}") from error
        finally:
            took = perf_counter() - began
            if took > SLOW and not said and on_slow is not None:
                said = True
                on_slow(place, took)

    vars(guarded).update({"fixed_ports": decoder.fixed_ports} if decoder.fixed_ports else {})
    return replace(decoder, decode=guarded)


def checked(decoded: Any, allowed: Collection[str]) -> Decoded:
    """A result with its values as floats; of a value that is given twice the later stands.

    Raises:
        Misread: it is none.
    """
    if not isinstance(decoded, Decoded):
        raise Misread(f"decode gives {type(decoded).__name__}, not Decoded")
    readings = [_reading(one, allowed) for one in decoded.readings]
    absent = tuple(_absent(one, allowed) for one in decoded.absent)
    return Decoded(tuple({(one.quantity, one.channel, one.at): one for one in readings}.values()), absent)


def told(error: BaseException) -> str:
    """One line for a person."""
    if not isinstance(error, Exception):
        return f"it may not end the process ({type(error).__name__})"
    try:
        said = str(error)
    except Exception:  # noqa: BLE001  (an error of somebody's own may have no text)
        said = "its error has no text"
    return " ".join((said if isinstance(error, Misread) else f"{type(error).__name__}: {said}").split())[:300]


def _is_an_answer(error: BaseException) -> bool:
    """A refusal; or Ctrl-C, which reaches the main thread alone."""
    if isinstance(error, KeyboardInterrupt):
        return threading.current_thread() is threading.main_thread()
    return isinstance(error, DecodeError) and error.kind in _KINDS


def _reading(one: Any, allowed: Collection[str]) -> Reading:
    if not isinstance(one, Reading):
        raise Misread(f"gives {type(one).__name__} among the readings")
    fields: tuple[Any, Any, Any, Any] = one
    quantity, value, channel, at = fields
    _check(quantity, channel, allowed)
    if not isinstance(value, int | float) or not isfinite(value):
        raise Misread(f"gives {value!r:.40} as {quantity}, which is no finite number")
    if at is not None and (type(at) is not int or at not in _TIMES):
        raise Misread(f"gives {at!r:.40} as the time of {quantity}, which is no number of nanoseconds")
    return Reading(quantity, float(value), channel, at)


def _absent(one: Any, allowed: Collection[str]) -> Absent:
    if not isinstance(one, Absent):
        raise Misread(f"gives {type(one).__name__} among the absent")
    _check(one.quantity, one.channel, allowed)
    if not isinstance(one.reason, Reason):
        raise Misread(f"gives {one.reason!r:.40} as the reason why {one.quantity} is absent, which is no Reason")
    return one


def _check(quantity: object, channel: object, allowed: Collection[str]) -> None:
    if not isinstance(quantity, str) or quantity not in allowed:
        raise Misread(f"reads {quantity!s:.60}, which it does not declare")
    if type(channel) is not int or channel not in _CHANNELS:
        raise Misread(f"gives {channel!r:.40} as the channel of {quantity}, which is no whole number from 0 on")
