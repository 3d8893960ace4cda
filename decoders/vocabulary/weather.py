"""The weather, the soil and the surface of a road."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.vocabulary.quantity import row
from decoders.vocabulary.units import (
    CELSIUS,
    DEGREE,
    KILOMETRE,
    KILOPASCAL,
    METRE_PER_SECOND,
    MICROSIEMENS,
    MILLIMETRE,
    MILLIMETRE_PER_HOUR,
    PERCENT,
    PH,
    PHOTON_FLUX,
    PLAIN,
    WATT_PER_SQUARE_METRE,
)

if TYPE_CHECKING:
    from decoders.vocabulary.quantity import Domain

_ENV: Domain = "environment"
_WIND = "plausible: a typhoon of level 15 (Beaufort, as Việt Nam counts); possible: WMO record, 113.2 m/s"
_RAIN = "plausible: the city's record day of 14 October 2022 in few hours; possible: WMO records"
_PROBE = "plausible: METER and Truebner probes in tropical soil; possible: the probes' ranges"

# fmt: off
WEATHER = (
    row("wind_speed", METRE_PER_SECOND, _ENV, "gauge", (0, 51), (0, 115), "Tốc độ gió", "Wind speed", _WIND),
    row("wind_gust", METRE_PER_SECOND, _ENV, "gauge", (0, 75), (0, 115), "Gió giật", "Wind gust", _WIND),
    row("wind_direction", DEGREE, _ENV, "gauge", (0, 360), (0, 360), "Hướng gió", "Wind direction",
        "by definition: where it comes from, 0 and 360 are north"),
    row("wind_speed_north", METRE_PER_SECOND, _ENV, "gauge", (-51, 51), (-115, 115), "Thành phần gió từ hướng bắc",
        "Wind speed, north component", _WIND),
    row("wind_speed_east", METRE_PER_SECOND, _ENV, "gauge", (-51, 51), (-115, 115), "Thành phần gió từ hướng đông",
        "Wind speed, east component", _WIND),
    row("rain", MILLIMETRE, _ENV, "event_count", (0, 200), (0, 2000), "Lượng mưa", "Rain since the last report",
        _RAIN),
    row("rain_total", MILLIMETRE, _ENV, "counter", (0, 2**32), (0, 2**32), "Lượng mưa tích lũy", "Rain, total",
        "possible: a 32-bit counter"),
    row("rain_rate", MILLIMETRE_PER_HOUR, _ENV, "gauge", (0, 250), (0, 2500), "Cường độ mưa", "Rain rate", _RAIN),
    row("solar_radiation", WATT_PER_SQUARE_METRE, _ENV, "gauge", (0, 1300), (-20, 2000), "Bức xạ mặt trời",
        "Solar radiation", "plausible: a clear noon, clouds beside it; possible: range of pyranometers, and their zero "
        "offset at night"),
    row("reflected_radiation", WATT_PER_SQUARE_METRE, _ENV, "gauge", (0, 900), (-20, 2000),
        "Bức xạ mặt trời phản xạ", "Solar radiation, reflected", "plausible: a light roof at noon; possible: as above"),
    row("net_radiation", WATT_PER_SQUARE_METRE, _ENV, "gauge", (-200, 1000), (-2000, 2000), "Cân bằng bức xạ",
        "Net radiation", "plausible: clear night to clear noon; possible: range of net radiometers"),
    row("uv_index", PLAIN, _ENV, "gauge", (0, 15), (0, 50), "Chỉ số UV", "UV index",
        "plausible: WHO, 11+ is extreme, the tropics reach 15; possible: highest ever reported, 43"),
    row("par", PHOTON_FLUX, _ENV, "gauge", (0, 2500), (-20, 4500), "Bức xạ quang hợp (PAR)",
        "Photosynthetically active radiation", "plausible: full sun; possible: range of quantum sensors, and their "
        "zero offset at night"),
    row("lightning_count", PLAIN, _ENV, "event_count", (0, 500), (0, 65535), "Số lần sét", "Lightning strikes",
        "plausible: a thunderstorm; possible: a 16-bit field"),
    row("lightning_distance", KILOMETRE, _ENV, "gauge", (0, 40), (0, 63), "Khoảng cách sét", "Lightning distance",
        "METER ATMOS 41 manual, 0 to 40 km; possible: a 6-bit field"),
    row("soil_temperature", CELSIUS, _ENV, "gauge", (10, 50), (-55, 125), "Nhiệt độ đất", "Soil temperature",
        _PROBE),
    row("soil_moisture", PERCENT, _ENV, "gauge", (0, 70), (0, 100), "Độ ẩm đất (theo thể tích)",
        "Soil moisture, by volume", "by definition; plausible: porosity of soils"),
    row("soil_conductivity", MICROSIEMENS, _ENV, "gauge", (0, 10000), (0, 100000), "Độ dẫn điện của đất",
        "Soil conductivity", _PROBE),
    row("soil_permittivity", PLAIN, _ENV, "gauge", (1, 81), (0, 100), "Hằng số điện môi của đất",
        "Soil permittivity", "plausible: air to water; possible: some calibrations overshoot"),
    row("soil_water_potential", KILOPASCAL, _ENV, "gauge", (-2000, 0), (-200000, 20), "Thế nước của đất",
        "Soil water potential", "plausible: wet to wilting; possible: METER TEROS 21, -100 MPa, and tensiometers"),
    row("soil_ph", PH, _ENV, "gauge", (3, 10), (0, 14), "Độ pH của đất", "Soil pH", "by definition; soils"),
    row("leaf_moisture", PERCENT, _ENV, "gauge", (0, 100), (0, 100), "Độ ẩm lá", "Leaf moisture", "by definition"),
    row("leaf_temperature", CELSIUS, _ENV, "gauge", (5, 60), (-55, 125), "Nhiệt độ lá", "Leaf temperature", _PROBE),
    row("surface_temperature", CELSIUS, _ENV, "gauge", (5, 75), (-70, 250), "Nhiệt độ bề mặt", "Surface temperature",
        "plausible: asphalt in the tropical sun; possible: range of infrared thermometers"),
    row("globe_temperature", CELSIUS, _ENV, "gauge", (5, 75), (-55, 125), "Nhiệt độ cầu đen",
        "Black globe temperature", "plausible: a globe in the tropical sun; possible: range of thermistors"),
)
# fmt: on
