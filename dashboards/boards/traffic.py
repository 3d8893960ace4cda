"""Traffic and parking: flows by direction and class, speed, queues, occupancy, and the same hours a week ago."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from dashboards.board import Row, board
from dashboards.colours import DANGER, GOOD, PLAIN, WARNING, steps
from dashboards.panels import Column, curves, listing
from dashboards.parts import PLACES, SPAN, counted, measured, places, to_site
from dashboards.queries import drawn, newest

if TYPE_CHECKING:
    from grafana_foundation_sdk.models.dashboard import Dashboard

    from dashboards.panels import Panel
    from dashboards.texts import Words

NAME = "traffic"

CLASSES = ("car", "truck", "bus", "motorcycle", "bicycle")


def board_of(say: Words) -> Dashboard:
    """The board."""
    rows = (
        Row(9, ((12, _classes(say)), (12, _week_ago(say)))),
        Row(9, ((12, _directions(say)), (12, _people(say)))),
        Row(8, ((8, _speed(say)), (8, _occupancy(say)), (8, _queue(say)))),
        Row(9, ((24, _parking(say)),)),
    )
    return board(
        say, NAME, say("Giao thông và bãi đỗ", "Traffic and parking"),
        say("Lưu lượng, tốc độ, hàng chờ, chỗ đỗ.", "Flows, speed, queues, parking."), rows,
        variables=places(say, "traffic"),
    )  # fmt: skip


def _counted(say: Words, title: str, shift: str = "") -> Panel:
    names = {f"{name}_count_total": say.quantity(f"{name}_count") for name in CLASSES}
    panel = curves(
        *counted(names, where=PLACES), names=names, bars=True, low=0,
        title=title, unit="short",
        meaning=say(
            "Số xe theo loại, tổng các điểm đã chọn. ", "Vehicles by class, summed over the sites that are chosen. "
        )
        + say.hours_or_days.strip(),
        nothing=say("Không điểm nào phân loại xe", "No site tells classes of vehicles apart"),
    )  # fmt: skip
    return panel.time_shift(shift) if shift else panel


def _classes(say: Words) -> Panel:
    return _counted(say, say("Xe theo loại", "Vehicles by class"))


def _week_ago(say: Words) -> Panel:
    return _counted(say, say("Cùng giờ, tuần trước", "The same hours, a week ago"), "7d")


def _directions(say: Words) -> Panel:
    asked = (
        drawn(name, "traffic", by="channel", where=PLACES, alias=f"{text} $tag_channel", every="30m")
        for name, text in (("vehicle_flow", say("Xe, hướng", "vehicles, direction")),
                           ("object_flow", say("Xe qua radar, hướng", "by radar, direction")))
    )  # fmt: skip
    return curves(
        *chain.from_iterable(asked), low=0, title=say("Lưu lượng theo hướng", "Flow by direction"), unit="suffix: /h",
        meaning=say(
            "Trung bình các điểm đã chọn; số hướng theo thiết bị. Mỗi 30 phút",
            "The mean of the sites that are chosen; a direction has the device's own number. By half hours",
        )
        + say.or_roll_ups.strip(),
        nothing=say.nothing_measured,
    )  # fmt: skip


def _people(say: Words) -> Panel:
    asked = (
        drawn(f"{name}_count", "traffic", by="site", where=PLACES, how="sum", alias=f"{text}, $tag_site")
        for name, text in (("people_in", say("vào", "in")), ("people_out", say("ra", "out")))
    )
    return curves(
        *chain.from_iterable(asked), bars=True, low=0, title=say("Người qua lại", "People"), unit="short",
        meaning=say("Số người vào và ra mỗi phút", "People in and out in each minute") + say.or_roll_ups.strip(),
        nothing=say.nothing_measured,
    )  # fmt: skip


def _speed(say: Words) -> Panel:
    more = say("Dưới 10 km/h: ùn tắc, mức ban đầu.", "Below 10 km/h: congestion, a first value of ours.")
    return measured(say, "vehicle_speed", steps=steps(DANGER, (10, PLAIN)), more=more)


def _occupancy(say: Words) -> Panel:
    more = say("Từ 35 %: ùn tắc, mức ban đầu.", "From 35 %: congestion, a first value of ours.")
    return measured(say, "road_occupancy", steps=steps(GOOD, (35, WARNING)), more=more)


def _queue(say: Words) -> Panel:
    more = say("Từ 200 m: ùn tắc, mức ban đầu.", "From 200 m: congestion, a first value of ours.")
    return measured(say, "queue_length", steps=steps(GOOD, (200, WARNING)), more=more)


def _parking(say: Words) -> Panel:
    columns = (
        Column("Time", say("Lúc", "At"), "dateTimeAsSystem"),
        Column("state", "", ""),
        Column("site", say("Điểm đo", "Site"), "string", link=to_site(say)),
        Column("ward", say("Phường, xã", "Ward"), "string"),
        Column("parking_occupancy", say("Đã đỗ", "Taken"), "percent", steps=steps(GOOD, (80, WARNING), (95, DANGER))),
        Column("parking_taken", say("Số chỗ đã đỗ", "Spaces taken"), "short"),
        Column("parking_places", say("Tổng số chỗ", "Spaces"), "short"),
    )
    fields = ("state", "ward", "parking_occupancy", "parking_taken", "parking_places")
    return listing(
        newest("station", *fields, by=("site",), where=PLACES), columns, only=("parking_places", 1),
        order="parking_occupancy", since=SPAN, title=say("Bãi đỗ hiện nay", "Parking now"), unit="none",
        meaning=say(
            "Bãi đầy nhất trước; cam từ 80 %, đỏ từ 95 %.",
            "The fullest first; orange from 80 %, red from 95 %.",
        ),
        nothing=say("Không điểm nào có chỗ đỗ", "No site has parking spaces"),
    )  # fmt: skip
