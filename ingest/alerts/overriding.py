"""A rule of one's own with the id of a pack's: what it says counts, and what it does not say stays. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEPT = frozenset({"id", "title", "severity", "wards", "sites", "departments"})
"""What stays of a rule that looks at something else."""

_INSTEAD: Mapping[str, tuple[str, ...]] = {
    "above": ("below", "clear", "source", "verified"),
    "below": ("above", "clear", "source", "verified"),
    "clear": ("margin",),
    "margin": ("clear",),
    "for": ("of",),
    "of": ("for",),
    "rate": ("total", "minus", "aggregate"),
    "total": ("rate", "minus", "aggregate"),
    "minus": ("rate", "total", "aggregate"),
    "aggregate": ("rate", "total", "minus"),
}
"""What a key of one's own takes the place of: another number has not the pack's source."""


def overridden(pack: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The rule that comes of both."""
    if "quantity" in own or "watch" in own:
        return {**{key: value for key, value in pack.items() if key in _KEPT}, **own}
    gone = {other for key in own for other in _INSTEAD.get(key, ())}
    return {**{key: value for key, value in pack.items() if key not in gone}, **own}
