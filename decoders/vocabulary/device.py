"""The device about itself: its battery, its box, its alarms, where it hangs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.vocabulary.quantity import Label, row
from decoders.vocabulary.units import (
    CELSIUS,
    DAY,
    DECIBEL,
    DECIBEL_MILLIWATT,
    DEGREE,
    METRE,
    PERCENT,
    PLAIN,
    SECOND,
    STATE,
    VOLT,
    WATT,
)

if TYPE_CHECKING:
    from decoders.vocabulary.quantity import Domain, Quantity

_D: Domain = "device"
_UINT32 = (0, 2**32 - 1)
_NO, _YES = ("không", "no"), ("có", "yes")


def _state(name: str, vi: str, en: str, no: tuple[str, str] = _NO, yes: tuple[str, str] = _YES) -> Quantity:
    states = {0: Label(*no), 1: Label(*yes)}
    return row(name, STATE, _D, "state", (0, 1), (0, 1), vi, en, "its code table", states)


# fmt: off
DEVICE = (
    row("battery", PERCENT, _D, "gauge", (0, 100), (0, 100), "Pin", "Battery", "by definition"),
    row("battery_voltage", VOLT, _D, "gauge", (2, 15), (0, 60), "Điện áp pin", "Battery voltage",
        "plausible: one lithium cell to a 12 V lead battery; possible: extra-low voltage"),
    row("battery_days", DAY, _D, "gauge", (0, 5500), (0, 36500), "Số ngày pin còn dùng được", "Battery, days left",
        "plausible: 15 years, the life of a lithium cell on the shelf; possible: judgement, a century"),
    _state("battery_low", "Pin yếu", "Battery low"),
    _state("battery_charging", "Đang sạc pin", "Battery charging"),
    _state("external_power", "Nguồn điện ngoài", "External power"),
    row("supply_voltage", VOLT, _D, "gauge", (2, 60), (0, 500), "Điện áp nguồn", "Supply voltage",
        "plausible: extra-low voltage; possible: mains"),
    row("solar_voltage", VOLT, _D, "gauge", (0, 30), (0, 500), "Điện áp pin mặt trời", "Solar panel voltage",
        "plausible: the panels on sensor poles; possible: judgement"),
    row("solar_power", WATT, _D, "gauge", (0, 50), (0, 1000), "Công suất pin mặt trời", "Solar panel power",
        "plausible: the panels on sensor poles; possible: judgement"),
    row("device_temperature", CELSIUS, _D, "gauge", (0, 75), (-55, 125), "Nhiệt độ thiết bị", "Device temperature",
        "possible: military range of electronics; plausible: a box in the tropical sun"),
    row("device_humidity", PERCENT, _D, "gauge", (0, 100), (0, 100), "Độ ẩm trong thiết bị", "Humidity in the box",
        "by definition"),
    _state("interrupt", "Lý do gửi", "Cause of the report", ("định kỳ", "periodic"),
           ("do ngắt ngoài", "external interrupt")),
    _state("alarm", "Cảnh báo của thiết bị", "The device's own alarm"),
    _state("tamper", "Bị can thiệp", "Tampered with"),
    _state("tilt", "Trạng thái nghiêng", "Tilt", ("thẳng đứng", "upright"), ("bị nghiêng", "tilted")),
    _state("occlusion", "Ống kính bị che", "View blocked", ("không che", "clear"), ("bị che", "blocked")),
    _state("sensor_fault", "Lỗi cảm biến", "Sensor fault"),
    _state("magnet", "Nam châm", "Magnet", ("không", "away"), ("có", "present")),
    _state("restart", "Khởi động lại", "Restarted"),
    row("restart_count", PLAIN, _D, "counter", _UINT32, _UINT32, "Số lần khởi động lại", "Restarts, total",
        "possible: a 32-bit counter"),
    row("uptime", SECOND, _D, "gauge", (0, 10**9), (0, 10**10), "Thời gian hoạt động", "Uptime",
        "plausible: 30 years; possible: judgement"),
    row("report_interval", SECOND, _D, "gauge", (10, 604800), (0, 10**7), "Chu kỳ gửi", "Report interval",
        "plausible: 10 s to a week; possible: judgement"),
    row("echo_strength", DECIBEL_MILLIWATT, _D, "gauge", (-120, 60), (-200, 200), "Cường độ tín hiệu phản xạ",
        "Echo strength", "possible: judgement; plausible: radar sensors in use"),
    row("compass_heading", DEGREE, _D, "gauge", (0, 360), (0, 360), "Hướng la bàn", "Compass heading",
        "by definition"),
    row("margin", DECIBEL, _D, "gauge", (-32, 31), (-32, 31), "Độ dự trữ SNR", "SNR margin",
        "LoRaWAN 1.0.3, DevStatusAns: a signed number of 6 bits"),
    row("latitude", DEGREE, _D, "gauge", (7, 24), (-90, 90), "Vĩ độ", "Latitude",
        "possible: by definition; plausible: Việt Nam and its sea"),
    row("longitude", DEGREE, _D, "gauge", (102, 118), (-180, 180), "Kinh độ", "Longitude",
        "possible: by definition; plausible: Việt Nam and its sea"),
    row("altitude", METRE, _D, "gauge", (-50, 3200), (-500, 9000), "Độ cao", "Altitude",
        "possible: the surface of the earth; plausible: Việt Nam, Fansipan 3,143 m"),
)
# fmt: on
