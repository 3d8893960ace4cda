"""What the boards ask, read from the files that Grafana reads, and asked as Grafana would."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from dashboards import provision
from dashboards.queries import ROLLUPS, ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from decoders.bands import Language
    from tests.dashboards.rig import Filled

DAY = 86_400
"""Seconds."""

_TURNS = re.compile(r" AND time ([<>]) now\(\) \+ (\d+)d - 999\$__interval")
_SPAN = re.compile(r"(?:now-)?(\d+)([smhd])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "y": 31_536_000}

COLUMN = 80
"""Pixels of one of the 24 columns of a wall that is 1920 wide: Grafana draws a point for each at most."""

_ROUNDED = (
    (1.5, 1), (3.5, 2), (7.5, 5), (12.5, 10), (17.5, 15), (25, 20), (45, 30), (90, 60), (210, 120), (450, 300),
    (750, 600), (1050, 900), (1500, 1200), (2700, 1800), (5400, 3600), (9000, 7200), (16_200, 10_800),
    (32_400, 21_600), (86_400, 43_200), (604_800, 86_400), (1_814_400, 604_800), (3_628_800, 2_592_000),
)  # fmt: skip
"""Below so many seconds a part of the time is taken for so many (`roundInterval` of Grafana's `rangeutil.ts`)."""


class Asked(NamedTuple):
    """A query of a board.

    Attributes:
        board: its name.
        of: the panel's title, the variable's name, or the annotation's.
        source: uid of its data source.
        text: as it stands in the file.
        seconds: how far back it looks; 0 where it says so itself.
        points: into how many parts Grafana cuts that; 0 where it is not cut.
        least: s that a part has at least.
        fixed: it looks back as far as it does whatever time is above the board.
    """

    board: str
    of: str
    source: str
    text: str
    seconds: int
    points: int = 0
    least: int = 1
    fixed: bool = False

    def over(self, span: int) -> Asked:
        """The same with so many seconds above the board."""
        return self if self.fixed else self._replace(seconds=span)

    @property
    def timed(self) -> bool:
        """Whether how long the time above the board is decides if it finds rows."""
        return bool(_TURNS.search(self.text))

    @property
    def holds(self) -> bool:
        """Whether it finds rows in the time that it looks at: what its conditions of time come to."""
        part = _SPAN.fullmatch(f"999{self.interval}")
        assert part, self.interval
        back = int(part[1]) * _SECONDS[part[2]]
        return all((int(days) * _SECONDS["d"] > back) == (sign == "<") for sign, days in _TURNS.findall(self.text))

    @property
    def interval(self) -> str:
        """What Grafana puts in the place of `$__interval`."""
        return interval(self.seconds, self.points or 24 * COLUMN, self.least)


def board(name: str, language: Language = "en") -> dict[str, Any]:
    """A board's file."""
    found: dict[str, Any] = json.loads(provision.board_file(name, language))
    return found


def questions(language: Language = "en") -> list[Asked]:
    """Everything that the boards ask InfluxDB."""
    found = [one for name in provision.names() for one in _of(name, board(name, language))]
    return [one for one in found if one.source in {ROWS.uid, ROLLUPS.uid}]


def _of(name: str, made: dict[str, Any]) -> Iterator[Asked]:
    whole = seconds(made["time"]["from"])
    for panel in made["panels"]:
        back = seconds(panel["timeFrom"]) if panel.get("timeFrom") else whole
        for target in panel["targets"]:
            text = target.get("query") or target["expr"]
            fixed = bool(panel.get("timeFrom"))
            yield Asked(name, panel["title"], target["datasource"]["uid"], text, back, *cut(panel), fixed)
    for variable in made.get("templating", {}).get("list", ()):
        yield Asked(name, variable["name"], variable["datasource"]["uid"], variable["query"], 0, fixed=True)
    for one in made["annotations"].get("list", ()):
        yield Asked(name, one["name"], one["datasource"]["uid"], one["target"]["query"], whole)


def cut(panel: dict[str, Any]) -> tuple[int, int]:
    """Into how many parts a panel's time is cut at most, and of how many seconds at least."""
    return panel.get("maxDataPoints") or panel["gridPos"]["w"] * COLUMN, seconds(panel.get("interval") or "1s")


def interval(span: float, points: int, least: int) -> str:
    """What Grafana puts in the place of `$__interval`, such as `3h`.

    Args:
        span: s that are looked at.
        points: into how many parts they are cut.
        least: s of a part.
    """
    part = next((rounded for below, rounded in _ROUNDED if span / points < below), _SECONDS["y"])
    part = max(part, least)
    unit = next(unit for unit in ("y", "d", "h", "m", "s") if part >= _SECONDS[unit])
    return f"{part // _SECONDS[unit]}{unit}"


def seconds(span: str) -> int:
    """Of a time such as `25h` or `now-7d`."""
    found = _SPAN.fullmatch(span)
    assert found, span
    return int(found[1]) * _SECONDS[found[2]]


def sent(one: Asked, filled: Filled, *, every: bool = False, **chosen: str) -> str:
    """What reaches InfluxDB of a query to what was filled, `every` site and ward by its name."""
    named = {"site": filled.sites, "ward": {device.ward for device in filled.city.devices}} if every else {}
    given = {name: f"({'|'.join(map(re.escape, sorted(known)))})" for name, known in named.items()}
    return expanded(one, filled.until, given | {name: re.escape(one) for name, one in chosen.items()})


def expanded(one: Asked, until: int, chosen: Mapping[str, str]) -> str:
    """A query with macros and variables as Grafana replaces them.

    Args:
        one: the query.
        until: the end of what it looks at, ns UTC.
        chosen: expressions for the variables; of all others everything is chosen.
    """
    end = until // 1_000_000
    span = f"time >= {end - one.seconds * 1000}ms and time <= {end}ms"
    text = one.text.replace("$timeFilter", span).replace("$__interval", one.interval)
    for name in ("site", "ward"):
        text = text.replace(f"${{{name}:regex}}", chosen.get(name, ".*"))
    assert "$" not in text.replace("$/", ""), text
    return text


def answer(one: Asked, filled: Filled, text: str) -> list[dict[str, Any]]:
    """The series that InfluxDB gives."""
    name = filled.database.name + ("_rollup" if one.source == ROLLUPS.uid else "")
    return filled.database.server.query(text, name)


def lacking(series: list[dict[str, Any]]) -> list[str]:
    """What an answer should have and has not: rows, a value in each column, and a value of each tag."""
    if not series:
        return ["rows"]
    found = {column: False for one in series for column in one["columns"]}
    tags = {tag: False for one in series for tag in one.get("tags", {})}
    for one in series:
        for row in one["values"]:
            for column, value in zip(one["columns"], row, strict=True):
                found[column] |= value is not None
        for tag, value in one.get("tags", {}).items():
            tags[tag] |= value != ""
    return [name for name, there in {**found, **tags}.items() if not there]
