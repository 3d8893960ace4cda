"""Site: everything of one place, from what it means to what was measured and how it was heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards.board import Row, board, choice
from dashboards.colours import STATE_STEPS, causes, flood_levels, of_bands, states
from dashboards.panels import Column, curves, figure, listing
from dashboards.panels import states as bands
from dashboards.parts import SPAN, measured
from dashboards.queries import chosen, curve, newest, rows

if TYPE_CHECKING:
    from grafana_foundation_sdk.models.dashboard import Dashboard

    from dashboards.panels import Panel
    from dashboards.texts import Words

NAME = "site"

HERE = chosen("site")

MEASURED = (
    ("air_temperature", "humidity", "pm2_5", "pm10"),
    ("laeq", "rain", "wind_speed", "co2"),
    ("water_level", "distance", "water_temperature", "water_used"),
    ("object_flow", "people_in_count", "parking_occupied", "vehicle_flow"),
    ("fill_level", "battery", "battery_voltage", "device_temperature"),
)


def board_of(say: Words) -> Dashboard:
    """The board."""
    now = (_now(say), _cause(say), _aqi(say), _flood(say))
    rows_ = (
        Row(4, tuple((6, panel) for panel in now)),
        Row(5, ((24, _states(say)),)),
        *(Row(7, tuple((6, measured(say, name, where=HERE, by="channel")) for name in names)) for names in MEASURED),
        Row(8, ((8, _signal(say, "rssi", "RSSI", "dBm")), (8, _signal(say, "snr", "SNR", "dB")), (8, _lost(say)))),
        Row(8, ((24, _devices(say)),)),
    )
    return board(
        say, NAME, say("Điểm đo", "Site"),
        say("Mọi điều về một điểm đo.", "Everything of one place."), rows_,
        variables=(choice("site", say("Điểm đo", "Site"), "station", one=True),),
    )  # fmt: skip


def _now(say: Words) -> Panel:
    return figure(
        newest("station", "state", by=("site",), where=HERE), field="state", codes=states(say), steps=STATE_STEPS,
        since=SPAN, title=say("Tình trạng", "State"), unit="none",
        meaning=say("Tình trạng hiện nay của điểm đo.", "How the site is now."),
        nothing=say("Không có gì trong 25 giờ qua", "Nothing in the last 25 hours"),
    )  # fmt: skip


def _cause(say: Words) -> Panel:
    return figure(
        newest("station", "state", "cause", by=("site",), where=HERE), field="cause", codes=causes(say), since=SPAN,
        title=say("Nguyên nhân", "Cause"), unit="none",
        meaning=say("Điều gây ra tình trạng.", "What makes the state."),
        nothing=say("Không có gì trong 25 giờ qua", "Nothing in the last 25 hours"),
    )  # fmt: skip


def _aqi(say: Words) -> Panel:
    return figure(
        newest("station", "state", "vn_aqi", by=("site",), where=HERE), field="vn_aqi", steps=of_bands("vn_aqi"),
        since=SPAN, title="VN_AQI", unit="none",
        meaning=say("VN_AQI giờ gần nhất. ", "VN_AQI of the newest hour. ") + say.source("vn_aqi"),
        nothing=say("Không đo bụi ở đây", "No particles are measured here"),
    )  # fmt: skip


def _flood(say: Words) -> Panel:
    return figure(
        newest("station", "state", "flood_level", by=("site",), where=HERE), field="flood_level",
        codes=flood_levels(say), since=SPAN, title=say("Báo động lũ", "Flood alarm level"), unit="none",
        meaning=say("Cấp báo động đã đạt. ", "The alarm level that is reached. ") + say.source("flood_alarm"),
        nothing=say("Không gắn với trạm thủy văn", "Stands for no hydrological station"),
    )  # fmt: skip


def _states(say: Words) -> Panel:
    return bands(
        rows("station", '"state"', where=HERE, by="site"), codes=states(say), steps=STATE_STEPS, since="7d",
        title=say("Tình trạng 7 ngày qua", "State in the last 7 days"), unit="none",
        meaning=say("Mỗi lần tình trạng đổi.", "Each change of the state."),
        nothing=say("Không có gì trong 7 ngày qua", "Nothing in the last 7 days"),
    )  # fmt: skip


def _signal(say: Words, field: str, title: str, unit: str) -> Panel:
    return curves(
        curve(field, "radio", by="dev_eui", where=HERE), title=title, unit=unit,
        meaning=say(
            "Của gateway nghe rõ nhất, mỗi thiết bị một đường.",
            "Of the gateway that hears best, a curve a device.",
        ),
        nothing=say("Không nghe thấy bản tin nào", "No uplink was heard"),
    )  # fmt: skip


def _lost(say: Words) -> Panel:
    return curves(
        curve("gap", "radio", by="dev_eui", where=HERE, how="sum"), bars=True,
        title=say("Bản tin bị mất", "Lost frames"), unit="short",
        meaning=say(
            "Số bản tin thiếu trước bản tin đến; âm khi một bản tin đến muộn.",
            "Frames that are missing before one that came; negative where one came late.",
        ),
        nothing=say("Không nghe thấy bản tin nào", "No uplink was heard"),
    )  # fmt: skip


def _devices(say: Words) -> Panel:
    columns = (
        Column("Time", say("Bản tin cuối", "Last heard"), "dateTimeAsSystem"),
        Column("dev_eui", "DevEUI", "string"),
        Column("model", say("Loại thiết bị", "Model"), "string"),
        Column("gateway", "Gateway", "string"),
        Column("f_cnt", "FCnt", "none"),
        Column("rssi", "RSSI", "dBm"),
        Column("snr", "SNR", "dB"),
        Column("sf", "SF", "none"),
    )
    return listing(
        newest("radio", "f_cnt", "model", "gateway", "rssi", "snr", "sf", by=("dev_eui",), where=HERE), columns,
        order="Time", since="90d", title=say("Thiết bị tại điểm đo", "Devices of the site"), unit="none",
        meaning=say(
            "Thiết bị đã gửi từ đây trong 90 ngày qua.",
            "Devices that have sent from here in the last 90 days.",
        ),
        nothing=say("Chưa thiết bị nào gửi từ đây", "No device has sent from here"),
    )  # fmt: skip
