"""Sizes and durations as people write them: "10 GiB", "365d"."""

from __future__ import annotations

import re

_NUMBER_AND_UNIT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", re.ASCII)

_BYTES = {
    "": 1,
    "B": 1,
    **{f"{letter}B": 1000**power for power, letter in enumerate("kMGT", start=1)},
    **{f"{letter}iB": 1024**power for power, letter in enumerate("KMGT", start=1)},
}
_SECONDS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400}


def parse_size(text: str | int) -> int:
    """Bytes of "10 GiB", "500 MB" or a bare number.

    Raises:
        ValueError: it is no size; the message names the form that is.
    """
    return _scaled(text, _BYTES, 'is no size; write a number with B, kB, MB, GB, KiB, MiB or GiB, such as "10 GiB"')


def parse_duration(text: str | int) -> int:
    """Whole seconds of "90s", "15m", "12h", "30d", "2w" or a bare number of seconds.

    Raises:
        ValueError: it is no duration; the message names the form that is.
    """
    return _scaled(text, _SECONDS, 'is no duration; write a number with s, m, h, d or w, such as "30d"')


def render_size(size: int) -> str:
    """The shortest spelling that `parse_size` reads back to the same: "1 MiB"."""
    return _spelled(size, {"GiB": 1024**3, "MiB": 1024**2, "KiB": 1024, "B": 1}, " ")


def render_duration(seconds: int) -> str:
    """The shortest spelling that `parse_duration` reads back to the same: "1h"."""
    return _spelled(seconds, {"d": 86_400, "h": 3600, "m": 60, "s": 1})


def _spelled(value: int, units: dict[str, int], space: str = "") -> str:
    unit = next((unit for unit, size in units.items() if value and value % size == 0), "s" if "s" in units else "B")
    return f"{value // units[unit]}{space}{unit}"


def _scaled(text: str | int, units: dict[str, int], complaint: str) -> int:
    if isinstance(text, int) and not isinstance(text, bool):
        if text < 0:
            raise ValueError(complaint)
        return text
    matched = _NUMBER_AND_UNIT.fullmatch(text) if isinstance(text, str) else None
    if matched is None or matched[2] not in units:
        raise ValueError(complaint)
    return round(float(matched[1]) * units[matched[2]])
