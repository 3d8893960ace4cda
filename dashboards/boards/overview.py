"""City overview: what is wrong, and where, in five seconds from five metres; one click leads to why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.board import Row, board, path
from dashboards.colours import (
    ALERT_STEPS,
    ATTENTION,
    DANGER,
    GOOD,
    STATE_STEPS,
    WARNING,
    Code,
    causes,
    flood_levels,
    of_bands,
    severities,
    states,
    steps,
)
from dashboards.panels import Column, Link, Shade, curves, figure, listing, ranking, sites_map
from dashboards.parts import SPAN, counted, rivers, to_site
from dashboards.queries import influxql, lasts, newest

if TYPE_CHECKING:
    from grafana_foundation_sdk.models.dashboard import Dashboard

    from dashboards.panels import Panel
    from dashboards.texts import Words

NAME = "overview"

_PLACE = ("site",)


def board_of(say: Words) -> Dashboard:
    """The board."""
    rows = (
        Row(5, ((5, _state(say)), (5, _aqi(say)), (5, _flood(say)), (5, _gateways(say)), (4, _uplinks(say)))),
        Row(17, ((14, _map(say)), (10, _attention(say)))),
        Row(9, ((12, _alerts(say)), (5, _away(say)), (7, _wards(say)))),
        Row(9, ((12, rivers(say)), (12, _traffic(say)))),
    )
    return board(
        say, NAME, say("Toàn thành phố", "City overview"),
        say("Cho ca trực: có gì bất thường, và ở đâu.", "For the shift: is something wrong, and where."), rows,
    )  # fmt: skip


def _state(say: Words) -> Panel:
    return figure(
        newest("station", "state", by=_PLACE), field="state", how="max", codes=states(say), steps=STATE_STEPS,
        since=SPAN, title=say("Tình trạng xấu nhất", "Worst state"), unit="none",
        meaning=say(
            "Tình trạng xấu nhất trong mọi điểm đo. Bản đồ cho biết ở đâu.",
            "The worst state of all sites. The map says where.",
        ),
        nothing=say("Chưa có điểm đo nào", "No site is known yet"),
    )  # fmt: skip


def _aqi(say: Words) -> Panel:
    return figure(
        newest("station", "state", "vn_aqi", by=_PLACE), field="vn_aqi", how="max", steps=of_bands("vn_aqi"),
        since=SPAN, title=say("VN_AQI cao nhất", "Highest VN_AQI"), unit="none",
        meaning=say("VN_AQI giờ, cao nhất trong các điểm. ", "Hourly VN_AQI, the highest of all sites. ")
        + say.source("vn_aqi"),
        nothing=say.nobody_measures,
    )  # fmt: skip


def _flood(say: Words) -> Panel:
    return figure(
        newest("station", "state", "flood_level", by=_PLACE), field="flood_level", how="max", codes=flood_levels(say),
        steps=steps(GOOD, (1, ATTENTION), (2, WARNING), (3, DANGER)), since=SPAN, unit="none",
        title=say("Báo động lũ cao nhất", "Highest flood alarm level"),
        meaning=say("Cấp báo động cao nhất trên các sông. ", "The highest alarm level that a river has reached. ")
        + say.source("flood_alarm"),
        nothing=say("Không điểm nào gắn với trạm thủy văn", "No site stands for a hydrological station"),
    )  # fmt: skip


def _gateways(say: Words) -> Panel:
    codes = (Code(0, say("MẤT GATEWAY", "GATEWAY AWAY"), DANGER), Code(1, say("Đủ", "All there"), GOOD))
    return figure(
        newest("gateway", "online", by=("gateway",)), field="online", how="min", codes=codes,
        steps=steps(DANGER, (1, GOOD)), since="7d", title="Gateway" + say("", "s"), unit="none",
        link=Link(say("Xem mạng", "Open the network"), path("network", say)),
        meaning=say(
            "Gateway nào đã ngắt mà chưa nối lại, trong 7 ngày qua. Bảng mạng cho biết gateway nào.",
            "Whether a gateway went and has not come back, in the last 7 days. The board of the network says which.",
        ),
        nothing=say("Không gateway nào nối hay ngắt", "No gateway came or went"),
    )  # fmt: skip


def _away(say: Words) -> Panel:
    columns = (
        Column("Time", say("Từ lúc", "Since"), "dateTimeAsSystem"),
        Column("gateway", "Gateway", "string", link=Link(say("Xem mạng", "Open the network"), path("network", say))),
        Column("online", "", ""),
    )
    return listing(
        newest("gateway", "online", by=("gateway",)), columns, below=("online", 1), order="Time", since="7d",
        unit="none",
        title=say("Gateway đang mất", "Gateways away"),
        meaning=say(
            "Gateway đã ngắt mà chưa nối lại, và từ lúc nào, trong 7 ngày qua.",
            "Gateways that went and have not come back, and since when, of the last 7 days.",
        ),
        nothing=say("Không gateway nào đang mất", "None is away"),
    )  # fmt: skip


def _uplinks(say: Words) -> Panel:
    return figure(
        influxql('SELECT count("f_cnt") AS "uplinks" FROM "radio" WHERE $timeFilter'), field="uplinks",
        steps=steps(GOOD), since="15m", title=say("Bản tin trong 15 phút", "Uplinks in 15 minutes"), unit="short",
        meaning=say(
            "Số bản tin đã lưu trong 15 phút qua: số liệu trên bảng này còn mới hay không.",
            "Uplinks stored in the last 15 minutes: whether what this board shows is fresh.",
        ),
        nothing=say("KHÔNG CÓ SỐ LIỆU MỚI", "NOTHING NEW COMES IN"),
    )  # fmt: skip


def _map(say: Words) -> Panel:
    mark = Shade("state", states(say), STATE_STEPS)
    ring = Shade("alert_severity", severities(say), ALERT_STEPS)
    return sites_map(
        lasts("station", mark.field, ring.field, "cause", "latitude", "longitude", by=_PLACE), mark=mark, ring=ring,
        words={"cause": causes(say)}, link=to_site(say), since=SPAN, title=say("Các điểm đo", "Sites"), unit="none",
        meaning=say(
            "Mỗi điểm theo tình trạng của nó: xám im lặng, xanh tốt, vàng chú ý, cam cảnh báo, đỏ nguy hiểm."
            " Vòng quanh điểm: một cảnh báo đang mở, theo mức của nó.",
            "Each site by its state: grey silent, green good, yellow attention, orange warning, red danger."
            " A ring around it: an alert fires there, in the colour of its severity.",
        ),
        nothing=say("Chưa điểm đo nào có tọa độ", "No site has a position yet"),
    )  # fmt: skip


def _attention(say: Words) -> Panel:
    fields = ("state", "ward", "cause", "vn_aqi", "flood_offset", "street_flood")
    columns = (
        Column("Time", "", ""),
        Column("site", say("Điểm đo", "Site"), "string", link=to_site(say)),
        Column("ward", say("Phường, xã", "Ward"), "string"),
        Column("state", say("Tình trạng", "State"), "none", codes=states(say)),
        Column("cause", say("Nguyên nhân", "Cause"), "none", codes=causes(say)),
        Column("vn_aqi", "VN_AQI", "none", steps=of_bands("vn_aqi")),
        Column("flood_offset", say("So với BĐ", "Over BĐ"), "lengthm"),
        Column("street_flood", say("Ngập đường", "Street"), "lengthm", steps=of_bands("street_flood")),
    )
    return listing(
        newest("station", *fields, by=_PLACE), columns, only=("state", 2), order="state", since=SPAN, unit="none",
        title=say("Cần chú ý ngay", "Needs attention now"),
        meaning=say(
            "Các điểm từ mức chú ý trở lên, xấu nhất trước. Điểm im lặng chỉ có trên bản đồ.",
            "Sites at attention or worse, the worst first. Silent ones are on the map alone.",
        ),
        nothing=say("Không điểm nào cần chú ý", "Nothing needs attention"),
    )  # fmt: skip


def _alerts(say: Words) -> Panel:
    fields = ("firing", "severity_level", "value", "extreme", "swings")
    columns = (
        Column("Time", say("Từ lúc", "Since"), "dateTimeAsSystem"),
        Column("firing", "", ""),
        Column("swings", "", ""),
        Column("site", say("Điểm đo", "Site"), "string", link=to_site(say)),
        Column("rule", say("Quy tắc", "Rule"), "string"),
        Column("scope", say("Đối tượng", "Of"), "string"),
        Column("severity_level", say("Mức", "Severity"), "none", codes=severities(say)),
        Column("value", say("Giá trị", "Value"), "none"),
        Column("extreme", say("Cực trị", "Worst"), "none"),
    )
    return listing(
        newest("alert", *fields, by=("site", "rule", "scope")), columns, only=("firing", 1), order="severity_level",
        since="30d", title=say("Cảnh báo đang mở", "Alerts that fire"), unit="none",
        meaning=say(
            "Cảnh báo đang mở, nặng nhất trước; đơn vị của giá trị theo quy tắc.",
            "Alerts that fire, the worst first; the unit of a value is that of its rule.",
        ),
        nothing=say("Không có cảnh báo, hoặc chưa bật cảnh báo", "None fires, or alerts are not switched on"),
    )  # fmt: skip


def _wards(say: Words) -> Panel:
    return ranking(
        newest("station", "state", "ward", "vn_aqi", by=_PLACE), field="vn_aqi", by="ward", how="max",
        steps=of_bands("vn_aqi"), since=SPAN, title=say("VN_AQI theo phường, xã", "VN_AQI by ward"), unit="none",
        meaning=say("Điểm cao nhất của mỗi phường, xã. ", "The highest site of each ward. ") + say.source("vn_aqi"),
        nothing=say.nobody_measures,
    )  # fmt: skip


def _traffic(say: Words) -> Panel:
    names = {
        "vehicle_count_total": say("Xe", "Vehicles"),
        "object_count_total": say("Xe qua radar", "Vehicles, by radar"),
        "people_in_count_total": say("Người vào", "People in"),
    }
    return curves(
        *counted(names), names=names, bars=True, low=0,
        title=say("Giao thông", "Traffic"), unit="short",
        meaning=say("Tổng của mọi điểm đếm. ", "The sum over all counting sites. ") + say.hours_or_days.strip(),
        nothing=say.nothing_measured,
    )  # fmt: skip
