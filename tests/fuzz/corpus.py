"""Payloads that fuzzing found worth keeping: `corpus/<vendor>.txt`, a line each with model, FPort and hex."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from decoders.base import Decoder

FOLDER = Path(__file__).parent / "corpus"

_EMPTY = "-"

Case = tuple[int, bytes]
"""FPort and payload."""


def read(decoder: Decoder) -> list[Case]:
    """What is kept of a decoder."""
    mine = [line.split(" ") for line in _lines(decoder) if _is_of(decoder, line)]
    return [(int(f_port), bytes.fromhex(payload.replace(_EMPTY, ""))) for _, f_port, payload in mine]


def write(decoder: Decoder, cases: Sequence[Case]) -> None:
    """Keep these instead."""
    model = decoder.key.partition("/")[2]
    lines = [line for line in _lines(decoder) if not _is_of(decoder, line)]
    lines += {f"{model} {f_port} {payload.hex() or _EMPTY}" for f_port, payload in cases}
    path = _path(decoder)
    if lines:
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in sorted(lines)), "ascii")
    else:
        path.unlink(missing_ok=True)


def keys() -> set[str]:
    """The decoders of which something is kept."""
    return {
        f"{path.stem}/{line.split(' ')[0]}" for path in FOLDER.glob("*.txt") for line in path.read_text().splitlines()
    }


def _path(decoder: Decoder) -> Path:
    return FOLDER / f"{decoder.key.partition('/')[0]}.txt"


def _lines(decoder: Decoder) -> list[str]:
    path = _path(decoder)
    return path.read_text("ascii").splitlines() if path.exists() else []


def _is_of(decoder: Decoder, line: str) -> bool:
    return line.startswith(f"{decoder.key.partition('/')[2]} ")
