"""The house's own panels over Grafana's builders: what every one of them has to say is in its signature.

Each needs a title, the unit, what it means (with the source of its thresholds), and what it means that there is
nothing. Figures are large, since a wall is read from five metres.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, TypedDict, TypeVar, Unpack

from grafana_foundation_sdk.builders import bargauge, geomap, stat, statetimeline, table, timeseries
from grafana_foundation_sdk.builders import common as c
from grafana_foundation_sdk.builders import dashboard as d
from grafana_foundation_sdk.models import common as mc
from grafana_foundation_sdk.models import dashboard as md
from grafana_foundation_sdk.models import geomap as mg

from dashboards import transforms
from dashboards.colours import LINES, PLAIN, Code, Step, mapped, thresholds
from dashboards.queries import MIXED, PARTS, Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grafana_foundation_sdk.cog.builder import Builder

    from dashboards.queries import Query

Panel: TypeAlias = bargauge.Panel | geomap.Panel | stat.Panel | statetimeline.Panel | table.Panel | timeseries.Panel
_Any = TypeVar("_Any", bargauge.Panel, geomap.Panel, stat.Panel, statetimeline.Panel, table.Panel, timeseries.Panel)

_LARGE = 40  # pixels of a figure
_MARK, _RING = 12, 20  # pixels of a site on the map, and of what shows around it


class Told(TypedDict):
    """What every panel tells.

    Keys:
        title: what is shown.
        unit: Grafana's unit id.
        meaning: what it says, and where its thresholds come from.
        nothing: what it means that nothing is there.
    """

    title: str
    unit: str
    meaning: str
    nothing: str


class Link(NamedTuple):
    """Where a click leads."""

    title: str
    url: str


class Column(NamedTuple):
    """A column of a table.

    Attributes:
        field: of the query.
        title: its head; "" hides it.
        unit: Grafana's unit id; "string" for texts.
        codes: words for its numbers; its cell is coloured by them.
        steps: its cell is coloured by them.
        link: where a click leads.
    """

    field: str
    title: str
    unit: str
    codes: Sequence[Code] = ()
    steps: Sequence[Step] = ()
    link: Link | None = None


def figure(
    query: Query,
    *,
    field: str = "",
    how: str = "lastNotNull",
    codes: Sequence[Code] = (),
    steps: Sequence[Step] = (),
    since: str = "",
    only: tuple[str, float] | None = None,
    link: Link | None = None,
    **told: Unpack[Told],
) -> stat.Panel:
    """One large figure on its colour; `how` makes one of many rows, of which `only` those whose field is so much."""
    reduced = c.ReduceDataOptions().calcs([how]).values(values=False)
    panel = _told(stat.Panel(), [query], steps, **told).mappings(mapped(codes)).color_mode(_background(steps, codes))
    panel = panel.graph_mode(mc.BigValueGraphMode.NONE).text_mode(mc.BigValueTextMode.VALUE)
    panel = panel.reduce_options(reduced.fields(f"/^{field}$/") if field else reduced)
    panel = panel.text(c.VizTextDisplayOptions().value_size(_LARGE))
    if only:
        panel = panel.with_transformation(transforms.kept(only, "greaterOrEqual"))
    if link:
        panel = panel.data_links([_link(link)])
    return _since(panel, since)


def curves(
    *queries: Query,
    names: Mapping[str, str] | None = None,
    steps: Sequence[Step] = (),
    bars: bool = False,
    low: float | None = None,
    high: float | None = None,
    since: str = "",
    **told: Unpack[Told],
) -> timeseries.Panel:
    """Curves over time, or bars for amounts; thresholds are lines, `names` what curves are called."""
    panel = _told(timeseries.Panel(), queries, steps, **told).color_scheme(d.FieldColor().mode(LINES))
    panel = panel.line_width(2).show_points(mc.VisibilityMode.AUTO).span_nulls(3 * 3_600_000.0)
    for curve, name in (names or {}).items():
        panel = panel.override_by_name(curve, [md.DynamicConfigValue("displayName", name)])
    style = mc.GraphDrawStyle.BARS if bars else mc.GraphDrawStyle.LINE
    panel = panel.draw_style(style).fill_opacity(60 if bars else 0)
    if steps:
        panel = panel.thresholds_style(c.GraphThresholdsStyleConfig().mode(mc.GraphThresholdsStyleMode.DASHED))
    if low is not None:
        panel = panel.min(low)
    if high is not None:
        panel = panel.max(high)
    legend = c.VizLegendOptions().display_mode(mc.LegendDisplayMode.TABLE).placement(mc.LegendPlacement.BOTTOM)
    panel = panel.legend(legend.show_legend(show_legend=True).calcs(["lastNotNull"]))
    return _since(panel.tooltip(c.VizTooltipOptions().mode(mc.TooltipDisplayMode.MULTI)), since)


def states(
    *queries: Query, codes: Sequence[Code], steps: Sequence[Step], since: str = "", **told: Unpack[Told]
) -> statetimeline.Panel:
    """A band for each place, coloured by its state over time."""
    panel = _told(statetimeline.Panel(), queries, steps, **told).mappings(mapped(codes))
    panel = panel.merge_values(merge_values=True).show_value(mc.VisibilityMode.NEVER).fill_opacity(90)
    return _since(panel.color_scheme(d.FieldColor().mode(md.FieldColorModeId.THRESHOLDS)), since)


def ranking(
    query: Query,
    *,
    field: str,
    by: str,
    how: str,
    steps: Sequence[Step],
    low: float = 0,
    high: float | None = None,
    since: str = "",
    **told: Unpack[Told],
) -> bargauge.Panel:
    """A bar for each value of the tag `by`: of its rows the `how` (max, min, mean), the highest first."""
    name = f"{field} ({how})"
    panel = _told(bargauge.Panel(), [query], steps, **told).min(low)
    panel = panel.with_transformation(transforms.kept((field, low), "greaterOrEqual")).with_transformation(
        transforms.grouped(field, by, how)
    )
    panel = panel.with_transformation(transforms.sorted_by(name, descending=True))
    panel = panel.reduce_options(c.ReduceDataOptions().values(values=True).calcs([]).fields(f"/^{re.escape(name)}$/"))
    panel = panel.orientation(mc.VizOrientation.HORIZONTAL).display_mode(mc.BarGaugeDisplayMode.BASIC)
    panel = panel.value_mode(mc.BarGaugeValueMode.COLOR).show_unfilled(show_unfilled=True)
    return _since(panel if high is None else panel.max(high), since)


def listing(
    query: Query,
    columns: Sequence[Column],
    *,
    only: tuple[str, float] | None = None,
    below: tuple[str, float] | None = None,
    order: str = "",
    ascending: bool = False,
    since: str = "",
    **told: Unpack[Told],
) -> table.Panel:
    """A table.

    Args:
        query: its rows.
        columns: of all its fields.
        only: keep rows whose field is at least so much.
        below: keep rows whose field is less.
        order: the field that it is sorted by, the highest first unless `ascending`.
        ascending: the lowest first.
        since: how far back it looks, where that is not as far as the board.
        told: see `Told`.
    """
    panel = _told(table.Panel(), [query], (), **told).cell_height(mc.TableCellHeight.MD)
    if only:
        panel = panel.with_transformation(transforms.kept(only, "greaterOrEqual"))
    if below:
        panel = panel.with_transformation(transforms.kept(below, "lower"))
    if order:
        panel = panel.with_transformation(transforms.sorted_by(order, descending=not ascending))
    for column in columns:
        panel = panel.override_by_name(column.field, _of(column))
    return _since(panel, since)


class Shade(NamedTuple):
    """What colours a mark.

    Attributes:
        field: of the query.
        codes: words and colours for its numbers.
        steps: the same as steps.
    """

    field: str
    codes: Sequence[Code]
    steps: Sequence[Step]


def sites_map(
    query: Query, *, mark: Shade, ring: Shade, words: Mapping[str, Sequence[Code]], link: Link, since: str,
    **told: Unpack[Told],
) -> geomap.Panel:  # fmt: skip
    """A map of sites over the wards of our own file: marks, with a ring around where `ring` has a colour for it.

    `words` are for numbers of other fields. The time of the rows is not shown.
    """
    panel = _told(geomap.Panel(), [query], mark.steps, **told).data_links([_link(link)]).basemap(_wards())
    for field, codes in (*words.items(), (mark.field, mark.codes), (ring.field, ring.codes)):
        panel = panel.override_by_name(field, [md.DynamicConfigValue("mappings", mapped(codes))])
    limits = {"mode": "absolute", "steps": thresholds(ring.steps)}
    panel = panel.override_by_name(ring.field, [md.DynamicConfigValue("thresholds", limits)])
    panel = panel.override_by_name("Time", [md.DynamicConfigValue("custom.hideFrom", {"tooltip": True})])
    around = _marks(f"{told['title']}, {ring.field}", ring.field, _RING, told=False)
    layers: list[Builder[mc.MapLayerOptions]] = [around, _marks(told["title"], mark.field)]
    view = geomap.MapViewConfig().id("fit").all_layers(all_layers=False).layer(told["title"]).padding(10)
    controls = geomap.ControlsOptions().show_zoom(show_zoom=True).mouse_wheel_zoom(mouse_wheel_zoom=False)
    tooltip = geomap.TooltipOptions().mode(mg.TooltipMode.DETAILS)
    return _since(panel.layers(layers).view(view).controls(controls).tooltip(tooltip), since)


def _marks(name: str, colour: str, size: int = _MARK, *, told: bool = True) -> c.MapLayerOptions:
    """A layer of the sites; what is not `told` has neither legend nor tooltip."""
    place = c.FrameGeometrySource().mode(mc.FrameGeometrySourceMode.COORDS).latitude("latitude").longitude("longitude")
    style = {"size": {"fixed": size}, "opacity": 0.9, "color": {"field": colour, "fixed": PLAIN}}
    layer = c.MapLayerOptions().type("markers").name(name).location(place).tooltip(tooltip=told)
    return layer.config({"showLegend": told, "style": style})


def _wards() -> c.MapLayerOptions:
    """The map below: Grafana serves the file itself, so nothing is asked of the internet."""
    style = {"color": {"fixed": "#8a9097"}, "opacity": 0.15, "lineWidth": 1}
    config = {"src": "public/maps/citylora-wards.geojson", "rules": [], "style": style}
    return c.MapLayerOptions().type("geojson").name("wards").config(config)


def _told(panel: _Any, queries: Sequence[Query], steps: Sequence[Step], **told: Unpack[Told]) -> _Any:
    panel = panel.title(told["title"]).unit(told["unit"]).description(told["meaning"]).no_value(told["nothing"])
    panel = panel.datasource((MIXED if len({query.source for query in queries}) > 1 else queries[0].source).ref)
    if any(query.timed for query in queries):
        panel = panel.max_data_points(PARTS)
    limits = d.ThresholdsConfig().mode(md.ThresholdsMode.ABSOLUTE)
    panel = panel.thresholds(limits.steps(thresholds(steps or (Step(None, PLAIN),))))
    for place, query in enumerate(queries):
        panel = panel.with_target(Target(query.as_ref(chr(ord("A") + place))))
    return panel


def _since(panel: _Any, since: str) -> _Any:
    """What is so now is asked over a span of its own, whatever time the board shows."""
    return panel.time_from(since).hide_time_override(hide_time_override=False) if since else panel


def _background(steps: Sequence[Step], codes: Sequence[Code]) -> mc.BigValueColorMode:
    return mc.BigValueColorMode.BACKGROUND_SOLID if steps or codes else mc.BigValueColorMode.NONE


def _of(column: Column) -> list[md.DynamicConfigValue]:
    if not column.title:
        return [md.DynamicConfigValue("custom.hidden", value=True)]
    found = [md.DynamicConfigValue("displayName", column.title), md.DynamicConfigValue("unit", column.unit)]
    if column.codes:
        found.append(md.DynamicConfigValue("mappings", mapped(column.codes)))
    if column.steps:
        given = {"mode": "absolute", "steps": thresholds(column.steps)}
        found.append(md.DynamicConfigValue("thresholds", given))
    if column.codes or column.steps:
        found.append(md.DynamicConfigValue("custom.cellOptions", {"type": "color-background", "mode": "basic"}))
    if column.link:
        found.append(md.DynamicConfigValue("links", [{"title": column.link.title, "url": column.link.url}]))
    return found


def _link(link: Link) -> d.DashboardLink:
    return d.DashboardLink(link.title).url(link.url).type(md.DashboardLinkType.LINK)
