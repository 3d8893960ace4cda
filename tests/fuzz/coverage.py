"""Which lines of the decoders a payload reaches: what makes one payload more worth keeping than another."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import decoders
from decoders.base import DecodeError
from tests.decoders.contract import try_decode

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

    from decoders.base import Decoder

_HOME = f"{Path(decoders.__path__[0])}/"
_PLATFORM = tuple(_HOME + name for name in ("catalog.py", "base.py", "bits.py"))

Lines = set[int]
"""Steps from one line to the next, each a hash."""


def reached(decoder: Decoder, payload: bytes, f_port: int) -> Lines:
    """Decode, hold the result to the contract, and say which steps between lines it took.

    Raises:
        Exception: the decoder breaks the contract.
    """
    steps: Lines = set()
    trace = _tracer(steps)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        try_decode(decoder, payload, f_port)
    except DecodeError:
        raise AssertionError("a refusal left `try_decode`") from None
    finally:
        sys.settrace(before)
    return steps


def _tracer(steps: Lines) -> Callable[[FrameType, str, Any], Any]:
    def call(frame: FrameType, _event: str, _argument: Any) -> Any:
        file = frame.f_code.co_filename
        if not file.startswith(_HOME) or file.startswith(_PLATFORM):
            return None
        code, last = id(frame.f_code), 0

        def line(frame: FrameType, event: str, _argument: Any) -> Any:
            nonlocal last
            if event == "line":
                steps.add(hash((code, last, frame.f_lineno)))
                last = frame.f_lineno
            return line

        return line

    return call
