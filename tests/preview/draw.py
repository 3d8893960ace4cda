"""Each kind of panel but the map, as HTML and SVG of its own size."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

from dashboards.queries import ZONE
from tests.preview.answers import Series, reduced
from tests.preview.values import Told, of_name, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tests.preview.answers import Panel, Row

_GAP = 3 * 3600.0
_LEFT, _BOTTOM, _TOP = 78, 18, 6
_LEGEND = 18
_NAMES = 62


class Frame(NamedTuple):
    """Where a panel is drawn, and of what time.

    Attributes:
        width, height: pixels.
        since, until: s UTC.
    """

    width: int
    height: int
    since: float
    until: float

    def x(self, at: float) -> float:
        """Where a time stands."""
        return _LEFT + (self.width - _LEFT - 8) * (at - self.since) / (self.until - self.since)


def figure(panel: Panel, values: Sequence[float], frame: Frame) -> str:
    """One large figure on its colour; `values` are reduced as the panel says."""
    told = Told(panel)
    value = reduced(values, panel["options"]["reduceOptions"]["calcs"][0])
    if value is None:
        return nothing(panel)
    solid = panel["options"]["colorMode"] == "background_solid"
    colour = told.colour(value) if solid else "transparent"
    return f'<div class="figure" style="background:{colour}">{escape(told.text(value, frame.until))}</div>'


def listing(panel: Panel, found: Sequence[Row], frame: Frame) -> str:
    """A table; as many rows as there is room for."""
    fields = [one["matcher"]["options"] for one in panel["fieldConfig"]["overrides"]]
    shown = [(field, told) for field in fields if not (told := Told(panel, field)).hidden]
    if not found:
        return nothing(panel)
    head = "".join(f"<th>{escape(told.name)}</th>" for _, told in shown)
    body = "".join(f"<tr>{''.join(_cell(row.get(field), told, frame) for field, told in shown)}</tr>" for row in found)
    return f"<table><tr>{head}</tr>{body}</table>"


def _cell(value: Any, told: Told, frame: Frame) -> str:
    style = f' style="background:{told.colour(value)};color:#fff"' if told.coloured and value is not None else ""
    kind = ' class="link"' if told.linked else ""
    return f"<td{style}{kind}>{escape(told.text(value, frame.until))}</td>"


def bars(panel: Panel, found: Sequence[Row], frame: Frame) -> str:
    """Horizontal bars; as many as there is room for."""
    if not found:
        return nothing(panel)
    told = Told(panel)
    (field,) = (name for name in found[0] if "(" in name)
    (by,) = (name for name in found[0] if "(" not in name)
    most = panel["fieldConfig"]["defaults"].get("max", max(row[field] for row in found)) or 1.0
    room = min(len(found), frame.height // 22)
    return "".join(
        f'<div class="bar"><span>{escape(str(row[by]))}</span><i><b style="width:{100 * row[field] / most:.1f}%;'
        f'background:{told.colour(row[field])}"></b></i><em>{escape(told.text(row[field], frame.until))}</em></div>'
        for row in found[:room]
    )


def bands(panel: Panel, found: Sequence[Series], frame: Frame) -> str:
    """A band for each place, coloured by its state; each state lasts until the next."""
    if not found:
        return nothing(panel)
    told, room = Told(panel), max(1, (frame.height - _BOTTOM) // 18)
    some = sorted(found)[:room]
    high = (frame.height - _BOTTOM) / len(some)
    wide = frame._replace(width=frame.width - _NAMES)
    parts = []
    for place, one in enumerate(some):
        top = place * high
        parts.append(f'<text x="0" y="{top + high / 2 + 4:.0f}">{escape(one.name[:20])}</text>')
        for at, end, value in _spans(one, frame):
            left, right = _NAMES + wide.x(max(at, frame.since)), _NAMES + wide.x(max(end, frame.since))
            parts.append(f'<rect x="{left:.1f}" y="{top + 1:.1f}" width="{max(0.5, right - left):.1f}" '
                         f'height="{high - 3:.1f}" fill="{told.colour(value)}"/>')  # fmt: skip
    return _svg(frame, "".join(parts) + "".join(_hours(wide, _NAMES)))


def _spans(one: Series, frame: Frame) -> Iterator[tuple[float, float, float]]:
    """From when until when it was what; the same value twice is one span."""
    changes = [pair for before, pair in zip((None, *one.points), one.points, strict=False)
               if before is None or before[1] != pair[1]]  # fmt: skip
    for (at, value), end in zip(changes, [*(at for at, _ in changes[1:]), frame.until], strict=True):
        yield at, end, value


def curves(panel: Panel, found: Sequence[Series], frame: Frame) -> str:
    """Curves or bars over time, thresholds as dashed lines, a legend below with the newest values."""
    found = [one for one in found if one.points]
    if not found:
        return nothing(panel)
    rows = min(2, len(found), frame.height // 80)
    room = frame._replace(height=frame.height - _LEGEND * rows)
    defaults = panel["fieldConfig"]["defaults"]
    custom, told = defaults.get("custom", {}), Told(panel)
    dashed = told.lines if custom.get("thresholdsStyle", {}).get("mode") == "dashed" else []
    low, high = _span(found, defaults)
    scale = _Scale(room, low, high)
    lines = [f'<line x1="{_LEFT}" x2="{room.width - 8}" y1="{scale.y(at):.1f}" y2="{scale.y(at):.1f}" '
             f'stroke="{colour}" stroke-dasharray="8 6"/>' for at, colour in dashed if low <= at <= high]  # fmt: skip
    draw = _columns if custom.get("drawStyle") == "bars" else _line
    drawn = "".join(draw(one, scale, of_name(one.name)) for one in found)
    grid = "".join((*_hours(room), *_levels(scale, told, frame.until)))
    return _svg(room, grid + drawn + "".join(lines)) + _legend(panel, found, rows, frame)


class _Scale(NamedTuple):
    frame: Frame
    low: float
    high: float

    def y(self, value: float) -> float:
        """Where a value stands."""
        room = self.frame.height - _BOTTOM - _TOP
        return _TOP + room * (1 - (value - self.low) / (self.high - self.low))


def _span(found: Sequence[Series], defaults: dict[str, Any]) -> tuple[float, float]:
    values = [value for one in found for _, value in one.points]
    bars = defaults.get("custom", {}).get("drawStyle") == "bars"
    low = defaults.get("min", min(0.0, *values) if bars else min(values))
    high = max(defaults.get("max", max(values)), low)
    return (low, high) if high > low else (low - 1.0, high + 1.0)


def _line(one: Series, scale: _Scale, colour: str) -> str:
    path, before = [], None
    for at, value in one.points:
        verb = "M" if before is None or at - before > _GAP else "L"
        path.append(f"{verb}{scale.frame.x(at):.1f} {scale.y(value):.1f}")
        before = at
    dots = ""
    if len(one.points) < 40:
        dots = "".join(f'<circle cx="{scale.frame.x(at):.1f}" cy="{scale.y(value):.1f}" r="2" fill="{colour}"/>'
                       for at, value in one.points)  # fmt: skip
    return f'<path d="{"".join(path)}" stroke="{colour}" fill="none" stroke-width="1.6"/>{dots}'


def _columns(one: Series, scale: _Scale, colour: str) -> str:
    steps = sorted(after - before for (before, _), (after, _) in zip(one.points, one.points[1:], strict=False))
    wide = max(1.0, 0.8 * (scale.frame.x(steps[0] if steps else 3600.0) - scale.frame.x(0.0)))
    base = scale.y(max(scale.low, 0.0))
    return "".join(
        f'<rect x="{scale.frame.x(at):.1f}" y="{scale.y(value):.1f}" width="{wide:.1f}" '
        f'height="{max(0.0, base - scale.y(value)):.1f}" fill="{colour}" fill-opacity="0.6"/>'
        for at, value in one.points
    )


def _legend(panel: Panel, found: Sequence[Series], rows: int, frame: Frame) -> str:
    room = max(1, rows * (frame.width // 190))
    named = [(one, Told(panel, one.name)) for one in found]
    told = "".join(
        f'<span><i style="background:{of_name(one.name)}"></i>{escape(how.name)} '
        f"<em>{escape(how.text(one.points[-1][1], frame.until))}</em></span>"
        for one, how in named[:room]
    )
    more = f"<span>and {len(found) - room} more</span>" if len(found) > room else ""
    return f'<div class="legend" style="height:{_LEGEND * rows}px">{told}{more}</div>'


def _hours(frame: Frame, left: int = 0) -> Iterator[str]:
    span = frame.until - frame.since
    step = next(one for one in (20, 60, 3600, 3 * 3600, 6 * 3600, 86_400, 1e9) if span / one <= frame.width / 90)
    at = (frame.since + 7 * 3600) // step * step - 7 * 3600 + step
    said = "%m-%d" if step >= 86_400 else "%H:%M" if step >= 60 else "%H:%M:%S"
    while at < frame.until:
        x, text = left + frame.x(at), datetime.fromtimestamp(at, ZoneInfo(ZONE)).strftime(said)
        yield f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{frame.height - _BOTTOM}" class="grid"/>'
        yield f'<text x="{x:.1f}" y="{frame.height - 4}" text-anchor="middle">{text}</text>'
        at += step


def _levels(scale: _Scale, told: Told, now: float) -> Iterable[str]:
    for part in range(5):
        value = scale.low + (scale.high - scale.low) * part / 4
        y = scale.y(value)
        text = told.text(value, now) if told.unit not in {"none", "short"} else plain(value)
        yield f'<line x1="{_LEFT}" x2="{scale.frame.width - 8}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
        yield f'<text x="{_LEFT - 4}" y="{y + 4:.1f}" text-anchor="end">{escape(text)}</text>'


def _svg(frame: Frame, inside: str) -> str:
    return f'<svg width="{frame.width}" height="{frame.height}">{inside}</svg>'


def nothing(panel: Panel) -> str:
    """What the panel says where nothing is there."""
    return f'<div class="nothing">{escape(panel["fieldConfig"]["defaults"]["noValue"])}</div>'
