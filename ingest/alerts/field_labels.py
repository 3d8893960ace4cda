"""What indices, roll-ups, radio and the rows of a map are called: tables of names, units and labels.

docs/indices.md says what each of them is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from decoders.quantities import QUANTITIES, Label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decoders.quantities import Domain, Kind

Named: TypeAlias = "tuple[str, str, Label]"
"""Name, unit, label."""

_MEASURED: frozenset[Kind] = frozenset({"gauge", "event_count", "state"})

PARTS: tuple[tuple[str, Label, frozenset[Kind]], ...] = (
    ("mean", Label("{} trung bình", "mean {}"), _MEASURED),
    ("min", Label("{} thấp nhất", "lowest {}"), _MEASURED),
    ("max", Label("{} cao nhất", "highest {}"), _MEASURED | {"counter"}),
    ("p95", Label("{} (phân vị 95)", "95th percentile of {}"), _MEASURED),
    ("total", Label("tổng {}", "total of {}"), frozenset({"event_count"})),
    ("count", Label("số giá trị của {}", "number of values of {}"), _MEASURED | {"counter"}),
    ("coverage", Label("độ đầy đủ số liệu của {}", "coverage of {}"), _MEASURED | {"counter"}),
)
"""The members of an aggregate, and of which kinds of quantities they say anything."""

_PM = (("pm2_5", "PM2.5"), ("pm10", "PM10"))
_GASES = (("o3", "O₃"), ("no2", "NO₂"), ("so2", "SO₂"), ("co", "CO"))
_LIMITED = ("so2", "co", "no2", "o3", "tsp", "h2s", "nh3")


def _index(name: str, title: str, parts: tuple[tuple[str, str], ...]) -> Iterator[Named]:
    yield name, "", Label(title, title)
    yield f"{name}_class", "", Label(f"mức {title}", f"class of {title}")
    for part, word in parts:
        yield f"{name}_{part}", "", Label(f"{title} theo {word}", f"{title} of {word}")


def _over(name: str, what: str) -> Named:
    label = QUANTITIES[name.removesuffix("_8h")].label
    said = _EXCEEDS[what]
    return f"{name}_{what}", "", Label(said.vi.format(label.vi), said.en.format(label.en))


_EXCEEDS = {
    "over": Label("{} vượt giới hạn", "{} over its limit"),
    "who_over": Label("{} vượt khuyến nghị của WHO", "{} over WHO's guideline"),
    "hours_over": Label("số giờ vượt giới hạn 1 giờ của {}", "hours over the limit of 1 hour of {}"),
}

_AIR: tuple[Named, ...] = (
    *_index("vn_aqi", "VN_AQI", (*_PM, *_GASES)),
    ("vn_aqi_dominant", "", Label("chất quyết định VN_AQI", "pollutant that makes VN_AQI")),
    *_index("epa_aqi", "AQI (US EPA)", _PM),
    ("epa_aqi_dominant", "", Label("chất quyết định AQI (US EPA)", "pollutant that makes AQI (US EPA)")),
)
_HEAT: tuple[Named, ...] = (
    ("heat_index", "°C", Label("chỉ số nhiệt cao nhất", "highest heat index")),
    ("heat_index_class", "", Label("mức chỉ số nhiệt", "class of the heat index")),
)


def _rain(*spans: int) -> Iterator[Named]:
    for span in spans:
        yield f"rain_{span}h", "mm", Label(f"lượng mưa {span} giờ", f"rain in {span} h")
        if span in (12, 24):
            yield f"rain_{span}h_class", "", Label(f"cấp mưa {span} giờ", f"class of rain in {span} h")
    yield "rain_least", "", Label("lượng mưa có thể còn cao hơn", "it may have rained more")


_LEVELS: tuple[Named, ...] = (
    ("flood_level", "", Label("cấp báo động lũ", "flood alarm level")),
    ("flood_nearest", "", Label("cấp báo động gần nhất", "nearest flood alarm level")),
    ("flood_offset", "m", Label("chênh lệch so với cấp báo động gần nhất", "distance to the nearest alarm level")),
    *(
        (f"flood_over_bd{one}", "m", Label(f"chênh lệch so với báo động {one}", f"height above alarm level {one}"))
        for one in (1, 2, 3)
    ),
    ("street_flood", "m", Label("độ sâu ngập đường", "depth of water on the street")),
    ("street_flood_class", "", Label("mức ngập đường", "class of the flood on the street")),
)
_NOISE: tuple[Named, ...] = (
    ("laeq_day", "dBA", Label("mức ồn ban ngày (6-21 giờ)", "noise by day (6 to 21 o'clock)")),
    ("laeq_night", "dBA", Label("mức ồn ban đêm (21-6 giờ)", "noise by night (21 to 6 o'clock)")),
    ("laeq_day_over", "", Label("mức ồn ban ngày (6-21 giờ) vượt giới hạn", "noise by day over its limit")),
    ("laeq_night_over", "", Label("mức ồn ban đêm (21-6 giờ) vượt giới hạn", "noise by night over its limit")),
)
_DAY_OVER = ("pm2_5", "pm10", "tsp", "so2", "no2", "o3_8h", "co_8h")
_WHO = ("pm2_5", "pm10", "no2", "so2", "co", "o3_8h")
_RIVER = ("ph", "dissolved_oxygen", "suspended_solids", "cod")

_WATER_DAY: tuple[Named, ...] = (
    *_LEVELS,
    *((f"{name}_river_class", "", Label(f"mức QCVN 08 theo {name}", f"class of QCVN 08 by {name}")) for name in _RIVER),
    ("chloride_over", "", Label("clorua vượt giới hạn", "chloride over its limit")),
    ("ammonium_n_over", "", Label("amoni (tính theo N) vượt giới hạn", "ammonium (as N) over its limit")),
    *_index("vn_wqi", "VN_WQI", ()),
)

INDICES: tuple[tuple[Literal["hour", "day"], Domain, tuple[Named, ...]], ...] = (
    ("hour", "environment", (*_AIR, *(_over(one, "over") for one in _LIMITED), *_HEAT,
                             *_rain(1, 3, 12, 24))),
    ("hour", "water", _LEVELS),
    ("day", "environment", (*_AIR, *(_over(one, "over") for one in _DAY_OVER),
                            *(_over(one, "who_over") for one in _WHO),
                            *(_over(one, "hours_over") for one in _LIMITED),
                            *_NOISE, *_rain(24), *_HEAT,
                            ("hot_day_class", "", Label("cấp nắng nóng", "class of the hot day")))),
    ("day", "water", _WATER_DAY),
    ("day", "device", (("battery_days", "d", Label("số ngày pin còn dùng được", "days left of the battery")),)),
)  # fmt: skip
"""What an hour and a day of a site mean."""

_MADE = {name: label for _rows, _domain, fields in reversed(INDICES) for name, _unit, label in fields}

LIVE: dict[str, Label] = {
    "state": Label("trạng thái điểm đo", "state of the site"),
    **{
        name: _MADE[name]
        for name in (
            "flood_level", "flood_nearest", "flood_offset", "flood_over_bd1", "flood_over_bd2", "flood_over_bd3",
            "street_flood", "street_flood_class", "vn_aqi", "vn_aqi_class", "vn_aqi_dominant", "epa_aqi",
            "epa_aqi_class", "heat_index", "heat_index_class", "rain_1h", "rain_3h", "rain_12h", "rain_12h_class",
            "rain_24h", "rain_24h_class", "rain_least", "battery_days",
        )
    },
    "water_level": Label("mực nước", "water level"),
    "flood_rise": Label("tốc độ nước sông lên", "rate of rise of the river"),
    "parking_occupancy": Label("tỷ lệ lấp đầy bãi đỗ", "parking occupancy"),
    "parking_taken": Label("số chỗ đỗ đã có xe", "parking spaces taken"),
    "parking_places": Label("số chỗ đỗ", "parking spaces"),
    "doubtful": Label("tỷ lệ số liệu đáng ngờ trong giờ", "part of the hour's values that is doubtful"),
    "battery": Label("mức pin thấp nhất", "lowest battery"),
}  # fmt: skip
"""What the row `station` shows, and a rule may look at."""

RADIO: dict[str, Label] = {
    "rssi": Label("cường độ tín hiệu (RSSI)", "signal strength (RSSI)"),
    "snr": Label("tỷ số tín hiệu trên nhiễu (SNR)", "signal-to-noise ratio (SNR)"),
    "sf": Label("hệ số trải phổ (SF)", "spreading factor (SF)"),
    "airtime": Label("thời gian phát sóng", "time on air"),
    "gap": Label("số bản tin bị mất", "lost frames"),
    "gap_radio": Label("số bản tin mất trên sóng vô tuyến", "frames lost on the air"),
    "gap_network": Label("số bản tin mất trên mạng", "frames lost in the network"),
    "gap_lost": Label("số bản tin citylora làm mất", "frames lost by citylora"),
    "gap_unknown": Label("số bản tin mất không rõ nguyên nhân", "frames lost, nobody knows where"),
    "gateways": Label("số gateway nghe được", "gateways that heard it"),
}
"""Of the rows `radio`."""
