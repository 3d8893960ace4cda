"""People and vehicles. What moves is in the name, so a class of vehicle is a quantity of its own.

`people`, `cars` ... are totals; `people_count`, `car_count` ... are since the previous report; `people_flow`,
`car_flow` ... are by the hour. `_in` and `_out` stand where the maker says which way is in, and the channel is then the
line or the door. Elsewhere the channel is the lane or the direction: 1 left to right (or A), 2 right to left (or B). Of
those present it is the region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.vocabulary.quantity import Label, row
from decoders.vocabulary.units import KILOMETRE_PER_HOUR, METRE, PER_HOUR, PERCENT, PLAIN, SECOND, STATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decoders.vocabulary.quantity import Domain, Quantity

_T: Domain = "traffic"
_UINT32 = (0, 2**32 - 1)
_UINT16 = (0, 2**16 - 1)
_COUNT = "plausible: a busy crossing between two reports; possible: the width of the device's counter"
_HOURLY = "plausible: a boulevard of motorcycles at the peak; possible: ten a second, more than a sensor tells apart"
_TOTAL = "possible: a 32-bit counter"
_PRESENT = "plausible: what one overhead sensor can tell apart; possible: a 16-bit field"
_DWELL = "plausible: half a day; possible: a day, longer than any report interval"
_SPEED = "plausible: the limit of a motorway and half as much again; possible: range of traffic radars"
_RADIO = "plausible: a square at a festival; possible: a 16-bit field"

_MOVERS = (
    ("objects", "object", "lượt qua", "Lượt qua", "Passages"),
    ("vehicles", "vehicle", "lượt xe", "Lượt xe", "Vehicles"),
    ("cars", "car", "lượt ô tô con", "Lượt ô tô con", "Cars"),
    ("trucks", "truck", "lượt xe tải", "Lượt xe tải", "Trucks"),
    ("buses", "bus", "lượt xe buýt", "Lượt xe buýt", "Buses"),
    ("motorcycles", "motorcycle", "lượt xe máy", "Lượt xe máy", "Motorcycles"),
    ("bicycles", "bicycle", "lượt xe đạp", "Lượt xe đạp", "Bicycles"),
    ("pedestrians", "pedestrian", "lượt người đi bộ", "Lượt người đi bộ", "Pedestrians"),
    ("people", "people", "lượt người", "Lượt người", "People"),
    ("people_in", "people_in", "người vào", "Người vào", "People in"),
    ("people_out", "people_out", "người ra", "Người ra", "People out"),
    ("children_in", "children_in", "trẻ em vào", "Trẻ em vào", "Children in"),
    ("children_out", "children_out", "trẻ em ra", "Trẻ em ra", "Children out"),
)

COUNTED = tuple((total, f"{one}_count", f"{one}_flow") for total, one, *_labels in _MOVERS)
"""Of whatever is counted: the total, the count since the previous report, the flow per hour."""


def _counts() -> Iterator[Quantity]:
    for (total, since, flow), (*_names, vi, vi_first, en) in zip(COUNTED, _MOVERS, strict=True):
        yield row(total, PLAIN, _T, "counter", _UINT32, _UINT32, f"Tổng {vi}", f"{en}, total", _TOTAL)
        yield row(since, PLAIN, _T, "event_count", (0, 5000), _UINT16, vi_first, en, _COUNT)
        yield row(flow, PER_HOUR, _T, "gauge", (0, 20000), (0, 36000), f"{vi_first} mỗi giờ", f"{en} per hour", _HOURLY)


def _dwell(name: str, vi: str, en: str) -> Quantity:
    return row(name, SECOND, _T, "gauge", (0, 43200), (0, 86400), vi, en, _DWELL)


# fmt: off
TRAFFIC = (
    *_counts(),
    row("people_present", PLAIN, _T, "gauge", (0, 200), _UINT16, "Số người có mặt", "People present", _PRESENT),
    row("people_present_max", PLAIN, _T, "gauge", (0, 200), _UINT16, "Số người có mặt nhiều nhất",
        "People present, most", _PRESENT),
    row("children_present", PLAIN, _T, "gauge", (0, 200), _UINT16, "Số trẻ em có mặt", "Children present", _PRESENT),
    row("presence", STATE, _T, "state", (0, 1), (0, 1), "Có người", "Presence", "its code table",
        {0: Label("trống", "vacant"), 1: Label("có người", "occupied")}),
    row("motion", STATE, _T, "state", (0, 1), (0, 1), "Chuyển động", "Motion", "its code table",
        {0: Label("không", "none"), 1: Label("có", "detected")}),
    row("motion_count", PLAIN, _T, "event_count", (0, 5000), _UINT16, "Số lần phát hiện chuyển động",
        "Motion events", _COUNT),
    _dwell("dwell_time", "Thời gian lưu lại trung bình", "Dwell time, average"),
    _dwell("dwell_time_max", "Thời gian lưu lại dài nhất", "Dwell time, longest"),
    _dwell("children_dwell_time", "Thời gian trẻ em lưu lại trung bình", "Children's dwell time, average"),
    _dwell("children_dwell_time_max", "Thời gian trẻ em lưu lại dài nhất", "Children's dwell time, longest"),
    row("vehicle_speed", KILOMETRE_PER_HOUR, _T, "gauge", (0, 180), (0, 400), "Tốc độ xe trung bình",
        "Vehicle speed, average", _SPEED),
    row("vehicle_speed_max", KILOMETRE_PER_HOUR, _T, "gauge", (0, 180), (0, 400), "Tốc độ xe cao nhất",
        "Vehicle speed, highest", _SPEED),
    row("vehicle_speed_p85", KILOMETRE_PER_HOUR, _T, "gauge", (0, 180), (0, 400), "Tốc độ xe V85",
        "Vehicle speed, 85th percentile", _SPEED),
    row("road_occupancy", PERCENT, _T, "gauge", (0, 100), (0, 100), "Độ chiếm dụng làn đường", "Lane occupancy",
        "by definition: share of the time in which a vehicle is over the detector"),
    row("headway", SECOND, _T, "gauge", (0.5, 600), (0, 86400), "Giãn cách thời gian giữa hai xe", "Headway",
        "plausible: dense traffic to a lonely street; possible: a day"),
    row("queue_length", METRE, _T, "gauge", (0, 2000), (0, 65535), "Chiều dài hàng xe", "Queue length",
        "plausible: between two crossings; possible: a 16-bit field"),
    row("parking_occupied", STATE, _T, "state", (0, 1), (0, 1), "Chỗ đỗ xe", "Parking space", "its code table",
        {0: Label("trống", "free"), 1: Label("có xe", "occupied")}),
    row("parking_free", PLAIN, _T, "gauge", (0, 5000), _UINT16, "Số chỗ đỗ còn trống", "Parking spaces free",
        "plausible: a large car park; possible: a 16-bit field"),
    row("parking_occupancy", PERCENT, _T, "gauge", (0, 100), (0, 100), "Tỷ lệ lấp đầy bãi đỗ", "Parking occupancy",
        "by definition: share of the site's capacity"),
    row("wifi_devices", PLAIN, _T, "gauge", (0, 2000), _UINT16, "Số thiết bị Wi-Fi", "Wi-Fi devices seen", _RADIO),
    row("ble_devices", PLAIN, _T, "gauge", (0, 2000), _UINT16, "Số thiết bị Bluetooth", "Bluetooth devices seen",
        _RADIO),
)
# fmt: on
