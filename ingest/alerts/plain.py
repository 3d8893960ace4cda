"""Numbers, times and spans as people read them, in Vietnamese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.units import render_duration

if TYPE_CHECKING:
    from decoders.bands import Language

SECOND = 1_000_000_000

_SIZES = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}

_UNITS = {
    "vi": {"d": "ngày", "h": "giờ", "m": "phút", "s": "giây"},
    "en": {"d": "days", "h": "h", "m": "min", "s": "s"},
}


def number(value: float, language: Language) -> str:
    """At most ten digits; a comma before the decimals, and dots between thousands, where that is usual."""
    text = f"{value:,.10f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:g}"  # noqa: PLR2004  (exact)
    text = "0" if text == "-0" else text
    return text.translate(_VIETNAMESE) if language == "vi" else text


_VIETNAMESE = str.maketrans(",.", ".,")


def span(nanoseconds: int, language: Language) -> str:
    """`10 phút`, `1 h`."""
    text = render_duration(round(nanoseconds / SECOND))
    unit = "day" if language == "en" and text == "1d" else _UNITS[language][text[-1]]
    return f"{text[:-1]} {unit}"


def lasting(seconds: float, language: Language) -> str:
    """How long something took, to the two largest units: `4 giờ 20 phút`, `2 days 3 h`, `1.5 s`."""
    if seconds < 1:
        return f"{number(float(f'{seconds:.3g}'), language)} {_UNITS[language]['s']}"
    left = round(seconds)
    said: list[str] = []
    for unit, size in _SIZES.items():
        count, left = divmod(left, size)
        if count:
            name = "day" if language == "en" and unit == "d" and count == 1 else _UNITS[language][unit]
            said.append(f"{count} {name}")
        elif said:
            break
    return " ".join(said[:2])


def clock(minutes: int) -> str:
    """`22:00`, of minutes since midnight."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
