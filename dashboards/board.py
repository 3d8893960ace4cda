"""A board: panels in rows, what may be chosen above them, and the way to the other boards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as md

from dashboards.colours import DANGER
from dashboards.queries import ROWS, ZONE, Query, Target, values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dashboards.panels import Panel
    from dashboards.texts import Words

TAG = "citylora"
WIDTH = 24
"""Columns of Grafana's grid."""

ALERTS = (
    'SELECT "firing", "rule", "site", "scope", "severity", "state" FROM "alert"'
    " WHERE $timeFilter AND \"severity\" = 'danger'"
)
"""What is marked on every curve."""


class Row(NamedTuple):
    """Panels beside each other.

    Attributes:
        height: rows of the grid, 30 pixels each.
        panels: width in columns, and the panel; a width of 24 in all.
    """

    height: int
    panels: Sequence[tuple[int, Panel]]


def uid(name: str, say: Words) -> str:
    """By which a board is linked."""
    return f"citylora-{name}-{say.language}"


def path(name: str, say: Words, **chosen: str) -> str:
    """The address of a board, with what is chosen there."""
    given = "&".join(["${__url_time_range}", *(f"var-{key}={value}" for key, value in chosen.items())])
    return f"/d/{uid(name, say)}?{given}"


def board(
    say: Words,
    name: str,
    title: str,
    about: str,
    rows: Sequence[Row],
    *,
    variables: Sequence[d.QueryVariable] = (),
    since: str = "now-24h",
    refresh: str = "1m",
    alerts: bool = True,
) -> md.Dashboard:
    """Put it together.

    Args:
        say: its language.
        name: of its file and in its uid.
        title: its heading.
        about: whom it is for, and what it answers.
        rows: from the top.
        variables: what may be chosen.
        since: what it shows unless somebody asks for another time.
        refresh: how often it asks anew.
        alerts: mark alerts on its curves.

    Raises:
        ValueError: a row is wider or narrower than the grid.
    """
    made = d.Dashboard(title).uid(uid(name, say)).description(about).tags([TAG, f"{TAG}-{say.language}"])
    made = made.timezone(ZONE).time(since, "now").refresh(refresh).readonly().week_start("monday")
    made = made.tooltip(md.DashboardCursorSync.CROSSHAIR).link(_others(say))
    for variable in variables:
        made = made.with_variable(variable)
    if alerts:
        made = made.annotation(_alerts(say))
    for panel in _placed(rows):
        made = made.with_panel(panel)
    return made.build()


def choice(tag: str, label: str, measurement: str, *, where: str = "", one: bool = False) -> d.QueryVariable:
    """A variable with the values of a tag, all of them unless it is of `one`."""
    made = d.QueryVariable(tag).label(label).datasource(ROWS.ref).query(values(tag, measurement, where))
    made = made.refresh(md.VariableRefresh.ON_TIME_RANGE_CHANGED).sort(md.VariableSort.ALPHABETICAL_ASC)
    if one:
        return made
    every = md.VariableOption(text="All", value="$__all")
    return made.multi(multi=True).include_all(include_all=True).all_value(".*").current(every)


def as_json(made: md.Dashboard) -> str:
    """The file that Grafana reads."""
    text = json.dumps(made, cls=JSONEncoder, indent=1, sort_keys=True, ensure_ascii=False)
    found: dict[str, Any] = json.loads(text)
    for one in (*found.get("links", ()), *found.get("annotations", {}).get("list", ())):
        one.pop(
            "placement", None
        )  # the library has no word for beside the variables, which is where all are without one
    return json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _placed(rows: Sequence[Row]) -> list[Panel]:
    found: list[Panel] = []
    top = 0
    for row in rows:
        left = 0
        for width, panel in row.panels:
            found.append(panel.id(len(found) + 1).grid_pos(md.GridPos(h=row.height, w=width, x=left, y=top)))
            left += width
        if left != WIDTH:
            raise ValueError(f"a row of panels is {left} columns wide, the grid has {WIDTH}")
        top += row.height
    return found


def _others(say: Words) -> d.DashboardLink:
    made = d.DashboardLink(say("Các bảng khác", "Other boards")).type(md.DashboardLinkType.DASHBOARDS)
    made = made.tags([f"{TAG}-{say.language}"]).as_dropdown(as_dropdown=True)
    return made.keep_time(keep_time=True)


def _alerts(say: Words) -> d.AnnotationQuery:
    name = say("Cảnh báo mức nguy hiểm", "Alerts of danger")
    asked = Query(
        ROWS, ALERTS, rawQuery=True, resultFormat="table", fromAnnotations=True, textEditor=True,
        name=name, titleColumn="rule", textColumn="scope", tagsColumn="site,state",
    )  # fmt: skip
    made = d.AnnotationQuery().name(name).datasource(ROWS.ref).enable(enable=True).icon_color(DANGER)
    return made.target(Target(asked.as_ref("Alerts")))
