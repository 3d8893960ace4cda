"""Numbers, times and spans as people read them, in Vietnamese and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.units import render_duration

if TYPE_CHECKING:
    from decoders.bands import Language

SECOND = 1_000_000_000

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


def clock(minutes: int) -> str:
    """`22:00`, of minutes since midnight."""
    return f"{minutes // 60:02}:{minutes % 60:02}"
