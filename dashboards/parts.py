"""Panels that several boards have, so that a quantity looks the same wherever it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.board import choice, path
from dashboards.colours import flood_levels
from dashboards.panels import Column, Link, curves, listing
from dashboards.queries import ROLLUPS, by_time, chosen, drawn, newest, sums
from decoders.quantities import QUANTITIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grafana_foundation_sdk.builders.dashboard import QueryVariable

    from dashboards.colours import Step
    from dashboards.panels import Panel
    from dashboards.queries import Query
    from dashboards.texts import Words

SPAN = "25h"
"""How far back the newest row of a site is: there is one a day at least."""

PLACES = chosen("ward", "site")
"""What the two variables of `places` let through."""

AMOUNTS = "event_count"
"""The kind of a quantity that adds up."""


def places(say: Words, measurement: str) -> tuple[QueryVariable, QueryVariable]:
    """Wards and sites that have a measurement, to choose from."""
    return (
        choice("ward", say("Phường, xã", "Ward"), measurement),
        choice("site", say("Điểm đo", "Site"), measurement, where=chosen("ward")),
    )


def to_site(say: Words) -> Link:
    """From a row or a mark to the board of its site."""
    return Link(say("Xem điểm đo", "Open the site"), path("site", say, site="${__data.fields.site}"))


def measured(
    say: Words, name: str, *, where: str = PLACES, by: str = "site", steps: Sequence[Step] = (), more: str = "",
    title: str = "",
) -> Panel:  # fmt: skip
    """A quantity over time, a curve for each site (or each value of another tag), amounts as bars of sums.

    Args:
        say: the language.
        name: the quantity's.
        where: which rows.
        by: the tag that tells curves apart.
        steps: lines and their colours.
        more: what else there is to say, such as where the steps come from.
        title: instead of the quantity's name.
    """
    quantity = QUANTITIES[name]
    adds = quantity.kind == AMOUNTS
    how = "sum" if adds else "max" if quantity.states else "mean"
    said = {
        "sum": say("Tổng mỗi phút", "The sum of each minute"),
        "max": say("Mã cao nhất mỗi phút", "The highest code of each minute"),
        "mean": say("Trung bình mỗi phút", "The mean of each minute"),
    }[how]
    believed = say("Không gồm giá trị nghi ngờ. ", "Doubtful values are not in it. ")
    return curves(
        *drawn(name, quantity.domain, by=by, where=where, how=how), steps=steps, bars=adds,
        title=title or say.label(quantity.label), unit=quantity.grafana,
        meaning=(said + say.or_roll_ups + believed + more).strip(),
        nothing=say.nothing_measured,
    )  # fmt: skip


def counted(fields: Iterable[str], *, where: str = "") -> tuple[Query, ...]:
    """Of traffic what has passed in each hour, or in a long time each day: a curve of each field's own name."""
    hours, days = (sums(fields, f"traffic_{span}", where=where, every=span, source=ROLLUPS) for span in ("1h", "1d"))
    return by_time(hours, days)


def rivers(say: Words) -> Panel:
    """How high the rivers stand against their alarm levels."""
    columns = (
        Column("Time", say("Lúc", "At"), "dateTimeAsSystem"),
        Column("state", "", ""),
        Column("site", say("Điểm đo", "Site"), "string", link=to_site(say)),
        Column("ward", say("Phường, xã", "Ward"), "string"),
        Column("flood_level", say("Báo động", "Alarm level"), "none", codes=flood_levels(say)),
        Column("water_level", say("Mực nước", "Level"), "lengthm"),
        Column("flood_offset", say("So với BĐ gần nhất", "To the nearest BĐ"), "lengthm"),
    )
    fields = ("state", "ward", "flood_level", "water_level", "flood_offset")
    return listing(
        newest("station", *fields, by=("site",)), columns, only=("flood_level", 0), order="flood_offset", since=SPAN,
        title=say("Mực nước sông", "River levels"), unit="none",
        meaning=say("Mực nước so với cấp báo động. ", "Levels against alarm levels. ") + say.source("flood_alarm"),
        nothing=say("Không điểm nào gắn với trạm thủy văn", "No site stands for a hydrological station"),
    )  # fmt: skip
