"""Air and noise: VN_AQI in its official colours, pollutants against QCVN, weather, and how loud it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dashboards.board import Row, board
from dashboards.colours import classes, of_bands, of_classes, of_limit
from dashboards.panels import curves, ranking, states
from dashboards.parts import PLACES, SPAN, measured, places
from dashboards.queries import DAYS_FROM, MONTHS_AT_MOST, ROLLUPS, by_time, newest, rows
from decoders.quantities import QUANTITIES

if TYPE_CHECKING:
    from grafana_foundation_sdk.models.dashboard import Dashboard

    from dashboards.panels import Panel
    from dashboards.texts import Words

NAME = "air"

LIMITS_OF = date(2026, 1, 1)
"""The day whose limits are drawn: the last one on which a limit of QCVN 05 changed."""


def board_of(say: Words) -> Dashboard:
    """The board."""
    gases = tuple((6, _gas(say, name)) for name in ("no2", "o3", "so2", "co"))
    weather = ("wind_speed", "wind_direction", "air_temperature", "heat_index")
    rows_ = (
        Row(10, ((14, _aqi(say)), (10, _ranking(say)))),
        Row(8, ((24, _calendar(say)),)),
        Row(9, ((12, _day(say, "pm2_5")), (12, _day(say, "pm10")))),
        Row(8, gases),
        Row(8, tuple((6, _weather(say, name)) for name in weather)),
        Row(8, ((24, _noise(say)),)),
    )
    return board(
        say, NAME, say("Không khí và tiếng ồn", "Air and noise"),
        say("VN_AQI, chất ô nhiễm so với quy chuẩn, gió, tiếng ồn.", "VN_AQI, pollutants against limits, wind, noise."),
        rows_, variables=places(say, "environment"), since="now-7d", refresh="5m",
    )  # fmt: skip


def _aqi(say: Words) -> Panel:
    return curves(
        *by_time(*(
            rows(f"environment_{span}", '"vn_aqi"', where=PLACES, source=ROLLUPS, by="site") for span in ("1h", "1d")
        )),
        steps=of_bands("vn_aqi"), low=0, title="VN_AQI", unit="none",
        meaning=say("VN_AQI giờ, của giờ đã qua", "Hourly VN_AQI, of hours that are over")
        + say(
            f"; xem từ {DAYS_FROM} ngày đến {MONTHS_AT_MOST} tháng: VN_AQI ngày. ",
            f"; over {DAYS_FROM} days to {MONTHS_AT_MOST} months the daily one. ",
        )
        + say.source("vn_aqi"),
        nothing=say.nobody_measures,
    )  # fmt: skip


def _ranking(say: Words) -> Panel:
    return ranking(
        newest("station", "state", "vn_aqi", by=("site",), where=PLACES), field="vn_aqi", by="site", how="max",
        steps=of_bands("vn_aqi"), since=SPAN, title=say("VN_AQI hiện nay theo điểm", "VN_AQI by site, now"),
        unit="none", meaning=say("Cao nhất trước. ", "The highest first. ") + say.source("vn_aqi"),
        nothing=say.nobody_measures,
    )  # fmt: skip


def _calendar(say: Words) -> Panel:
    return states(
        rows("environment_1d", '"vn_aqi_class"', where=PLACES, source=ROLLUPS, by="site"),
        codes=classes(say, "vn_aqi"), steps=of_classes("vn_aqi"), since="60d", title=say("VN_AQI ngày", "Daily VN_AQI"),
        unit="none",
        meaning=say(
            "Mức của từng ngày, 60 ngày qua. ",
            "The class of each day, of the last 60. ",
        ) + say.source("vn_aqi"),
        nothing=say("Chưa có ngày nào trọn vẹn", "No day is whole yet"),
    )  # fmt: skip


def _day(say: Words, name: str) -> Panel:
    quantity = QUANTITIES[name]
    return curves(
        rows("environment_1d", f'"{name}_mean"', where=PLACES, source=ROLLUPS, by="site"), bars=True,
        steps=of_limit("qcvn_05", name, "24h", LIMITS_OF), low=0, since="30d", unit=quantity.grafana,
        title=say(f"{say.quantity(name)}, trung bình ngày", f"{say.quantity(name)}, daily mean"),
        meaning=say("Đỏ: vượt giới hạn 24 giờ. ", "Red: over the limit of 24 hours. ") + say.source("qcvn_05"),
        nothing=say("Chưa có ngày nào trọn vẹn", "No day is whole yet"),
    )  # fmt: skip


def _gas(say: Words, name: str) -> Panel:
    more = say("Vạch: giới hạn 1 giờ. ", "Line: the limit of 1 hour. ") + say.source("qcvn_05")
    return measured(say, name, steps=of_limit("qcvn_05", name, "1h", LIMITS_OF), more=more)


def _weather(say: Words, name: str) -> Panel:
    if name != "heat_index":
        return measured(say, name)
    return measured(say, name, steps=of_bands("heat_index"), more=say.source("heat_index"))


def _noise(say: Words) -> Panel:
    more = say("Vạch: ban ngày, khu vực thông thường. ", "Line: by day, ordinary areas. ") + say.source("qcvn_26")
    return measured(say, "laeq", steps=of_limit("qcvn_26", "laeq", "06-21", LIMITS_OF, "ordinary"), more=more)
