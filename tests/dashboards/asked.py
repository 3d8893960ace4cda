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

_SPAN = re.compile(r"(?:now-)?(\d+)([mhd])")
_SECONDS = {"m": 60, "h": 3600, "d": 86_400}


class Asked(NamedTuple):
    """A query of a board.

    Attributes:
        board: its name.
        of: the panel's title, the variable's name, or the annotation's.
        source: uid of its data source.
        text: as it stands in the file.
        seconds: how far back it looks; 0 where it says so itself.
    """

    board: str
    of: str
    source: str
    text: str
    seconds: int


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
            yield Asked(name, panel["title"], target["datasource"]["uid"], text, back)
    for variable in made.get("templating", {}).get("list", ()):
        yield Asked(name, variable["name"], variable["datasource"]["uid"], variable["query"], 0)
    for one in made["annotations"].get("list", ()):
        yield Asked(name, one["name"], one["datasource"]["uid"], one["target"]["query"], whole)


def seconds(span: str) -> int:
    """Of a time such as `25h` or `now-7d`."""
    found = _SPAN.fullmatch(span)
    assert found, span
    return int(found[1]) * _SECONDS[found[2]]


def sent(one: Asked, filled: Filled, *, interval: str = "10m", every: bool = False, **chosen: str) -> str:
    """What reaches InfluxDB of a query to what was filled, `every` site and ward by its name."""
    named = {"site": filled.sites, "ward": {device.ward for device in filled.city.devices}} if every else {}
    given = {name: f"({'|'.join(map(re.escape, sorted(known)))})" for name, known in named.items()}
    return expanded(one, filled.until, interval, given | {name: re.escape(one) for name, one in chosen.items()})


def expanded(one: Asked, until: int, interval: str, chosen: Mapping[str, str]) -> str:
    """A query with macros and variables as Grafana replaces them.

    Args:
        one: the query.
        until: the end of what it looks at, ns UTC.
        interval: of its curves.
        chosen: expressions for the variables; of all others everything is chosen.
    """
    end = until // 1_000_000
    span = f"time >= {end - one.seconds * 1000}ms and time <= {end}ms"
    text = one.text.replace("$timeFilter", span).replace("$__interval", interval)
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
