"""A board as a page: panels where its file puts them, on a grid of 24 columns, dark as on the wall."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 1500
"""Pixels of the page."""

_ROW, _SPACE, _HEAD = 38, 8, 56
_STYLE = """
body{margin:0;background:#111217;color:#ccccdc;font:13px "DejaVu Sans",sans-serif;position:relative;overflow:hidden}
h1{font-size:17px;margin:0;padding:8px 12px 2px}h1 small{color:#f2cc0c;font-weight:400;font-size:12px;margin-left:14px}
p{margin:0;padding:0 12px;font-size:12px;color:#9a9aab}
section{position:absolute;background:#181b1f;border:1px solid #2c3038;overflow:hidden;box-sizing:border-box}
h2{font-size:13px;font-weight:500;margin:0;padding:6px 8px;height:16px;white-space:nowrap}
h2 small{color:#8e8ea0;font-weight:400;margin-left:8px}
.in{padding:0 6px}.figure{font-size:36px;font-weight:600;display:flex;align-items:center;justify-content:center;
height:100%;color:#fff;text-align:center}.nothing{height:100%;display:flex;align-items:center;justify-content:center;
color:#9a9aab;text-align:center}svg{display:block}svg text{fill:#9a9aab;font-size:10.5px}.grid{stroke:#2b2f37}
table{border-collapse:collapse;width:100%;font-size:12px}th{text-align:left;color:#6e9fff;font-weight:500}
th,td{padding:4px 6px;border-bottom:1px solid #2b2f37;white-space:nowrap}.link{text-decoration:underline}
.bar{display:flex;align-items:center;height:22px;font-size:12px}.bar span{width:140px;overflow:hidden;
white-space:nowrap}.bar i{flex:1;height:14px;background:#22252b}.bar b{display:block;height:100%}
.bar em{width:60px;text-align:right;font-style:normal}
.legend{overflow:hidden;font-size:11px;line-height:18px}.legend span{display:inline-block;margin-right:12px}
.legend i{display:inline-block;width:12px;height:3px;margin:0 4px 3px 0}.legend em{font-style:normal;color:#fff}
"""
SAID = "preview: the real results of its queries, drawn by citylora's own page, not by Grafana"


def size(panel: Mapping[str, Any]) -> tuple[int, int]:
    """Of what is inside a panel: width and height, pixels."""
    place = panel["gridPos"]
    wide = round((WIDTH - _SPACE) * place["w"] / 24) - _SPACE
    return wide - 14, place["h"] * _ROW - _SPACE - 34


def height(board: Mapping[str, Any]) -> int:
    """Of the page, pixels."""
    rows: int = max(one["gridPos"]["y"] + one["gridPos"]["h"] for one in board["panels"])
    return _HEAD + rows * _ROW + _SPACE


def page(board: Mapping[str, Any], drawn: Mapping[int, str], about: str) -> str:
    """The page.

    Args:
        board: its file.
        drawn: what is inside its panels, by their numbers.
        about: what is shown.
    """
    inside = "".join(_panel(one, drawn[one["id"]]) for one in board["panels"])
    head = f"<h1>{escape(board['title'])}<small>{escape(SAID)}</small></h1><p>{escape(about)}</p>"
    body = f'<body style="width:{WIDTH}px;height:{height(board)}px">{head}{inside}</body>'
    return f'<!doctype html><meta charset="utf-8"><style>{_STYLE}</style>{body}'


def _panel(panel: Mapping[str, Any], inside: str) -> str:
    place, (_, high) = panel["gridPos"], size(panel)
    left = _SPACE + round((WIDTH - _SPACE) * place["x"] / 24)
    wide = round((WIDTH - _SPACE) * place["w"] / 24) - _SPACE
    box = f"left:{left}px;top:{_HEAD + place['y'] * _ROW}px;width:{wide}px;height:{place['h'] * _ROW - _SPACE}px"
    since = f"<small>Last {escape(panel['timeFrom'])}</small>" if panel.get("timeFrom") else ""
    title = f"<h2>{escape(panel['title'])}{since}</h2>"
    return f'<section style="{box}">{title}<div class="in" style="height:{high}px">{inside}</div></section>'
