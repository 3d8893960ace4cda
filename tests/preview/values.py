"""How a panel says a value: its unit, the word instead of a number, and the colour that goes with it."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboards.queries import ZONE

_UNITS = {
    "lengthm": " m", "lengthmm": " mm", "conμgm3": " µg/m³", "percent": " %", "celsius": " °C", "dBm": " dBm",
    "dB": " dB", "velocityms": " m/s", "velocitykmh": " km/h", "m3": " m³", "degree": "°", "ms": " ms", "ppm": " ppm",
    "volt": " V", "pH": "", "s": " s",
}  # fmt: skip
_NANO = 1_000_000_000


class Told:
    """How one field of a panel is told.

    Args:
        panel: of the board's file.
        field: of its query; "" for what all have.
    """

    def __init__(self, panel: dict[str, Any], field: str = "") -> None:
        defaults = panel["fieldConfig"]["defaults"]
        own: dict[str, Any] = {}
        for one in panel["fieldConfig"].get("overrides", ()):
            if one["matcher"]["options"] == field:
                own |= {each["id"]: each["value"] for each in one["properties"]}
        self.name: str = own.get("displayName", field)
        self.hidden = bool(own.get("custom.hidden"))
        self.coloured = "custom.cellOptions" in own
        self.linked = "links" in own
        self.unit: str = own.get("unit", defaults["unit"])
        self._mappings = own.get("mappings", defaults.get("mappings", []))
        self._steps = own.get("thresholds", defaults["thresholds"])["steps"]

    def text(self, value: object, now: float) -> str:
        """What stands there."""
        if value is None:
            return ""
        if isinstance(value, str):
            return value
        assert isinstance(value, int | float)
        word = self._word(value)
        return word["text"] if word else with_unit(float(value), self.unit, now)

    def colour(self, value: float | None) -> str:
        """The colour of a value."""
        if value is None:
            return "transparent"
        word = self._word(value)
        if word and word.get("color"):
            return str(word["color"])
        return str([step["color"] for step in self._steps if step["value"] is None or value >= step["value"]][-1])

    @property
    def lines(self) -> list[tuple[float, str]]:
        """Thresholds and their colours."""
        return [(step["value"], step["color"]) for step in self._steps if step["value"] is not None]

    def _word(self, value: float) -> dict[str, Any] | None:
        for one in self._mappings:
            found: dict[str, Any] | None = one["options"].get(f"{value:g}")
            if found:
                return found
        return None


def with_unit(value: float, unit: str, now: float) -> str:
    """A number as Grafana would say it, nearly."""
    if unit == "dateTimeAsSystem":
        return datetime.fromtimestamp(value / _NANO, ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")
    if unit == "dateTimeFromNow":
        minutes = (now - value / _NANO) / 60
        return f"{minutes:.0f} minutes ago" if minutes < 90 else f"{minutes / 60:.0f} hours ago"
    if unit == "bytes":
        return next((f"{value / size:.3g} {name}" for name, size in _SIZES if abs(value) >= size), f"{value:.0f} B")
    if unit == "short" and abs(value) >= 1000:
        return f"{value / 1000:.3g} K"
    return plain(value) + _UNITS.get(unit, unit.partition("suffix: ")[2] and f" {unit.partition('suffix: ')[2]}")


def plain(value: float) -> str:
    """A number alone."""
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"


def of_name(name: str) -> str:
    """The colour of a curve: a place has the same one in all panels."""
    number = zlib.crc32(name.encode())
    return f"hsl({number % 36 * 10},{55 + number // 36 % 3 * 15}%,{52 + number // 108 % 3 * 9}%)"


_SIZES = (("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10))
