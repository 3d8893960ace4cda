"""Network health: gateways, how devices are heard, what is lost and why, airtime, who is silent, batteries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.board import Row, board
from dashboards.colours import ATTENTION, DANGER, GOOD, WARNING, Code, steps
from dashboards.panels import Column, curves, listing, ranking, states
from dashboards.parts import to_site
from dashboards.queries import curve, influxql, newest, sums

if TYPE_CHECKING:
    from grafana_foundation_sdk.models.dashboard import Dashboard

    from dashboards.panels import Panel
    from dashboards.texts import Words

NAME = "network"

FACTORS = range(7, 13)
"""Spreading factors of AS923."""

DUTY = 36_000.0
"""ms of an hour that 1 % of the time is."""


def board_of(say: Words) -> Dashboard:
    """The board."""
    rows = (
        Row(9, ((8, _gateways(say)), (16, _received(say)))),
        Row(
            9, ((8, _by_factor(say, "rssi", "RSSI", "dBm")), (8, _by_factor(say, "snr", "SNR", "dB")), (8, _gaps(say)))
        ),
        Row(10, ((8, _airtime(say)), (16, _silent(say)))),
        Row(10, ((12, _batteries(say)), (12, _joins(say)))),
    )
    return board(
        say, NAME, say("Sức khỏe mạng", "Network health"),
        say("Gateway, sóng, bản tin mất, pin.", "Gateways, radio, lost frames, batteries."), rows,
    )  # fmt: skip


def _gateways(say: Words) -> Panel:
    codes = (Code(0, say("Mất kết nối", "Offline"), DANGER), Code(1, say("Kết nối", "Online"), GOOD))
    return states(
        curve("online", "gateway", by="gateway", how="last", every="5m"), codes=codes, steps=steps(DANGER, (1, GOOD)),
        since="7d", title=say("Kết nối của gateway", "Gateways' connections"), unit="none",
        meaning=say("Gateway nối và ngắt với máy chủ mạng.", "When gateways came and went at the network server."),
        nothing=say("Không gateway nào nối hay ngắt", "No gateway came or went"),
    )  # fmt: skip


def _received(say: Words) -> Panel:
    return curves(
        curve("rx_received_ok", "gateway", by="gateway", how="sum"), bars=True, low=0,
        title=say("Khung nhận được", "Frames received"), unit="short",
        meaning=say(
            "Theo thống kê của chính gateway; gateway không có cột nào là gateway im lặng.",
            "By the gateways' own reports; a gateway without a bar is silent.",
        ),
        nothing=say("KHÔNG GATEWAY NÀO BÁO CÁO", "NO GATEWAY REPORTS"),
    )  # fmt: skip


def _by_factor(say: Words, field: str, title: str, unit: str) -> Panel:
    asked = (curve(field, "radio", where=f'"sf" = {factor}', alias=f"SF{factor}") for factor in FACTORS)
    return curves(
        *asked, since="6h", title=say(f"{title} theo SF", f"{title} by SF"), unit=unit,
        meaning=say(
            "Trung bình mọi bản tin, của gateway nghe rõ nhất, theo hệ số trải phổ.",
            "The mean of all uplinks, of the gateway that hears best, by spreading factor.",
        ),
        nothing=say("Không nghe thấy bản tin nào", "No uplink was heard"),
    )  # fmt: skip


def _gaps(say: Words) -> Panel:
    names = {
        "gap_radio": say("sóng", "radio"), "gap_network": say("mạng", "network"),
        "gap_unknown": say("chưa rõ", "unknown"),
    }  # fmt: skip
    return curves(
        sums(names, "radio"), names=names, bars=True,
        title=say("Bản tin mất, theo nguyên nhân", "Lost frames by cause"), unit="short",
        meaning=say("Số bản tin thiếu, theo nơi bị mất.", "Frames that are missing, by where they were lost."),
        nothing=say("Không mất bản tin nào", "Nothing was lost"),
    )  # fmt: skip


def _airtime(say: Words) -> Panel:
    text = 'SELECT sum("airtime") AS "airtime" FROM "radio" WHERE $timeFilter GROUP BY "dev_eui"'
    return ranking(
        influxql(text, table=True), field="airtime", by="dev_eui", how="max",
        steps=steps(GOOD, (DUTY / 2, WARNING), (DUTY, DANGER)), high=DUTY, since="1h", unit="ms",
        title=say("Thời gian phát trong 1 giờ", "Airtime in 1 hour"),
        meaning=say(
            "Giới hạn 1 % thời gian: 36.000 ms mỗi giờ (Thông tư 08/2021/TT-BTTTT). Là giá trị tối thiểu.",
            "The limit is 1 % of the time: 36,000 ms an hour (Circular 08/2021/TT-BTTTT). It is a lower bound.",
        ),
        nothing=say("Không nghe thấy bản tin nào", "No uplink was heard"),
    )  # fmt: skip


def _silent(say: Words) -> Panel:
    columns = (
        Column("Time", say("Bản tin cuối", "Last heard"), "dateTimeFromNow"),
        Column("dev_eui", "DevEUI", "string"),
        Column("site", say("Điểm đo", "Site"), "string", link=to_site(say)),
        Column("model", say("Loại thiết bị", "Model"), "string"),
        Column("f_cnt", "FCnt", "none"),
        Column("rssi", "RSSI", "dBm"),
    )
    return listing(
        newest("radio", "f_cnt", "site", "model", "rssi", by=("dev_eui",)), columns, order="Time", ascending=True,
        since="30d", title=say("Thiết bị im lặng lâu nhất", "Devices that are silent longest"), unit="none",
        meaning=say(
            "Mọi thiết bị của 30 ngày qua, im lặng lâu nhất trước.",
            "All devices of 30 days, the longest silent first.",
        ),
        nothing=say("Không nghe thấy bản tin nào", "No uplink was heard"),
    )  # fmt: skip


def _batteries(say: Words) -> Panel:
    low = steps(DANGER, (10, ATTENTION), (30, GOOD))
    columns = (
        Column("Time", say("Lúc", "At"), "dateTimeFromNow"),
        Column("dev_eui", "DevEUI", "string"),
        Column("site", say("Điểm đo", "Site"), "string", link=to_site(say)),
        Column("model", say("Loại thiết bị", "Model"), "string"),
        Column("battery", say("Pin", "Battery"), "percent", steps=low),
    )
    return listing(
        newest("device", "battery", "site", "model", by=("dev_eui",)), columns, order="battery", ascending=True,
        since="7d", title=say("Pin yếu nhất", "Lowest batteries"), unit="percent",
        meaning=say(
            "Giá trị mới nhất, thấp nhất trước; đỏ dưới 10 %.",
            "The newest value, the lowest first; red below 10 %.",
        ),
        nothing=say("Không thiết bị nào báo pin", "No device tells its battery"),
    )  # fmt: skip


def _joins(say: Words) -> Panel:
    joins = curve("count", "lns_event", where="\"kind\" = 'join'", how="sum", alias=say("đã tham gia", "joined"))
    fails = curve("count", "lns_event", by="code", where="\"kind\" = 'log'", how="sum")
    return curves(
        joins, fails, bars=True, low=0,
        title=say("Tham gia mạng và lỗi máy chủ mạng", "Joins, and the network server's complaints"), unit="short",
        meaning=say(
            "Lượt tham gia mạng, và nhật ký của máy chủ mạng theo mã lỗi.",
            "Joins, and what the network server logs, by code.",
        ),
        nothing=say("Không có lượt tham gia hay lỗi nào", "Nobody joined, nothing was logged"),
    )  # fmt: skip
