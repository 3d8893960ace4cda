"""Each panel's queries asked as Grafana would ask them, and what comes drawn by its kind."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.dashboards.asked import Asked, answer, cut, seconds, sent
from tests.preview import area, draw
from tests.preview.answers import Series, of_influx, of_prometheus, rows
from tests.preview.draw import Frame
from tests.preview.page import size

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.dashboards.rig import Filled
    from tests.preview.answers import Panel, Row
    from tests.servers import Prometheus

_NANO = 1_000_000_000
_OVER_TIME = {"timeseries": draw.curves, "state-timeline": draw.bands}


def of_city(board: Mapping[str, Any], filled: Filled, **chosen: str) -> dict[int, str]:
    """What is inside each panel of a board that asks InfluxDB; `chosen` are its variables."""
    return {one["id"]: _of_rows(one, seconds(board["time"]["from"]), filled, chosen) for one in board["panels"]}


def of_worker(board: Mapping[str, Any], prometheus: Prometheus, span: float) -> dict[int, str]:
    """What is inside each panel of a board that asks Prometheus, of the last `span` seconds."""
    until = time.time()
    return {one["id"]: _of_metrics(one, prometheus, until - span, until) for one in board["panels"]}


def _of_rows(panel: Panel, whole: int, filled: Filled, chosen: dict[str, str]) -> str:
    span = seconds(panel["timeFrom"]) if panel.get("timeFrom") else whole
    until = filled.until / _NANO
    frame = Frame(*size(panel), max(until - span, filled.since / _NANO), until)
    answers = [_answer(one, panel, span, filled, chosen) for one in panel["targets"]]
    if panel["type"] in _OVER_TIME:
        aliases = [one.get("alias", "") for one in panel["targets"]]
        found = [one for given, alias in zip(answers, aliases, strict=True) for one in of_influx(given, alias)]
        return _OVER_TIME[panel["type"]](panel, found, frame)
    table = [row for given in answers for row in rows(given, panel)]
    if panel["type"] == "stat":
        return draw.figure(panel, _column(panel, table), frame)
    return {"table": draw.listing, "bargauge": draw.bars, "geomap": area.sites}[panel["type"]](panel, table, frame)


def _answer(target: Row, panel: Panel, span: int, filled: Filled, chosen: dict[str, str]) -> list[Row]:
    one = Asked("", panel["title"], target["datasource"]["uid"], target["query"], span, *cut(panel))
    text = sent(one, filled, every=False, **chosen)
    return answer(one, filled, text)


def _column(panel: Panel, table: list[Row]) -> list[float]:
    field = panel["options"]["reduceOptions"]["fields"].strip("/^$")
    return [row[field] for row in table if row.get(field) is not None]


def _of_metrics(panel: Panel, prometheus: Prometheus, since: float, until: float) -> str:
    found: list[Series] = []
    for one in panel["targets"]:
        text = one["expr"].replace("$__rate_interval", "10s")
        given = prometheus.query(text) if one["instant"] else prometheus.between(text, since, until, 1.0)
        found += of_prometheus(given, one["legendFormat"])
    frame = Frame(*size(panel), since, until)
    if panel["type"] == "stat":
        return draw.figure(panel, [value for one in found for _, value in one.points], frame)
    return _OVER_TIME[panel["type"]](panel, found, frame)
