"""Water: how high, how much, how fast, how clean, and where it should not be.

`distance` is what an ultrasonic, radar or laser sensor gives, down to the surface; `water_depth` what stands over a
probe; `water_level` is over a datum that somebody has surveyed, and no decoder knows one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.vocabulary.quantity import Label, row
from decoders.vocabulary.units import (
    BAR,
    CELSIUS,
    CUBIC_METRE,
    LITRE_PER_MINUTE,
    METRE,
    METRE_PER_HOUR,
    METRE_PER_SECOND,
    MICROGRAM_PER_LITRE,
    MICROSIEMENS,
    MILLIGRAM_PER_LITRE,
    MILLIMETRE,
    MILLIVOLT,
    NTU,
    PERCENT,
    PH,
    PSU,
    STATE,
)

if TYPE_CHECKING:
    from decoders.vocabulary.quantity import Domain, Quantity

_W: Domain = "water"
_TANK = "plausible: the range of the ultrasonic and radar sensors in use; possible: deepest shaft worth a sensor"
_METER = "plausible: a district's main meter; possible: a 32-bit counter of litres, with room for larger units"
_USE = "plausible: a district's main meter in 25 hours; possible: judgement, a large pumping station"
_FLOW = "plausible: a district's main meter; possible: judgement, a large pumping station"
_QUALITY = "plausible: rivers, lagoons and sewers of the city; possible: range of the usual probes"
_ALARM = "its code table: what the meter itself says"


def _distance(name: str, vi: str, en: str) -> Quantity:
    return row(name, MILLIMETRE, _W, "gauge", (200, 12000), (0, 100000), vi, en, _TANK)


def _dissolved(name: str, high: float, possible: float, vi: str, en: str) -> Quantity:
    return row(name, MILLIGRAM_PER_LITRE, _W, "gauge", (0, high), (0, possible), vi, en, _QUALITY)


def _alarm(name: str, vi: str, en: str, yes: tuple[str, str] = ("có", "yes")) -> Quantity:
    states = {0: Label("không", "no"), 1: Label(*yes)}
    return row(name, STATE, _W, "state", (0, 1), (0, 1), vi, en, _ALARM, states)


# fmt: off
WATER = (
    _distance("distance", "Khoảng cách đến mặt nước", "Distance to the surface"),
    _distance("distance_min", "Khoảng cách nhỏ nhất đến mặt nước", "Distance to the surface, least"),
    _distance("distance_max", "Khoảng cách lớn nhất đến mặt nước", "Distance to the surface, most"),
    _distance("distance_mean", "Khoảng cách trung bình đến mặt nước", "Distance to the surface, mean"),
    row("water_level", METRE, _W, "gauge", (-5, 30), (-100, 1000), "Mực nước", "Water level",
        "plausible: tide, river and drain gauges above the site's datum; possible: judgement"),
    row("water_depth", METRE, _W, "gauge", (0, 20), (-1, 1000), "Độ sâu nước", "Water depth",
        "plausible: drains, streets and pumping stations; possible: judgement, and the zero error of a dry probe"),
    row("water_rise", METRE_PER_HOUR, _W, "gauge", (-10, 10), (-1000, 1000), "Tốc độ nước dâng", "Water, rate of rise",
        "plausible: a drain that surcharges in a cloudburst; possible: judgement"),
    row("water_temperature", CELSIUS, _W, "gauge", (10, 40), (-5, 100), "Nhiệt độ nước", "Water temperature",
        "possible: liquid water at sea level, some brine; plausible: judgement, coast of central Việt Nam"),
    row("probe_temperature", CELSIUS, _W, "gauge", (5, 60), (-55, 125), "Nhiệt độ đầu dò ngoài",
        "External probe temperature", "possible: Maxim DS18B20 datasheet, -55 to 125 °C; plausible: judgement"),
    row("water_pressure", BAR, _W, "gauge", (-0.1, 16), (-2, 1000), "Áp suất nước", "Water pressure",
        "plausible: a town's network; possible: the widest transmitters, and their zero error"),
    row("water_velocity", METRE_PER_SECOND, _W, "gauge", (-5, 5), (-20, 20), "Vận tốc dòng chảy", "Water velocity",
        "plausible: a sewer or a river in flood, either way; possible: range of radar and Doppler sensors"),
    row("flow", LITRE_PER_MINUTE, _W, "gauge", (-60000, 60000), (-10**9, 10**9), "Lưu lượng nước", "Water flow",
        _FLOW),
    row("flow_min", LITRE_PER_MINUTE, _W, "gauge", (-60000, 60000), (-10**9, 10**9), "Lưu lượng nước nhỏ nhất",
        "Water flow, least", _FLOW),
    row("flow_max", LITRE_PER_MINUTE, _W, "gauge", (-60000, 60000), (-10**9, 10**9), "Lưu lượng nước lớn nhất",
        "Water flow, most", _FLOW),
    row("water_volume", CUBIC_METRE, _W, "counter", (0, 10**8), (0, 10**11), "Chỉ số đồng hồ nước", "Water, total",
        _METER),
    row("reverse_volume", CUBIC_METRE, _W, "counter", (0, 10**8), (0, 10**11), "Chỉ số nước chảy ngược",
        "Water backwards, total", _METER),
    row("water_used", CUBIC_METRE, _W, "event_count", (0, 90000), (0, 10**8), "Lượng nước tiêu thụ",
        "Water since the last report", _USE),
    row("water_reversed", CUBIC_METRE, _W, "event_count", (0, 90000), (0, 10**8), "Lượng nước chảy ngược",
        "Water backwards since the last report", _USE),
    row("ph", PH, _W, "gauge", (4, 11), (0, 14), "Độ pH của nước", "Water pH", "by definition; rivers and sewers"),
    _dissolved("dissolved_oxygen", 20, 60, "Oxy hòa tan (DO)", "Dissolved oxygen"),
    row("oxygen_saturation", PERCENT, _W, "gauge", (0, 200), (0, 600), "Độ bão hòa oxy", "Oxygen saturation",
        _QUALITY),
    row("conductivity", MICROSIEMENS, _W, "gauge", (0, 60000), (0, 500000), "Độ dẫn điện (EC)", "Conductivity",
        "plausible: fresh to sea water; possible: range of inductive probes"),
    row("turbidity", NTU, _W, "gauge", (0, 1000), (0, 10000), "Độ đục", "Turbidity",
        "plausible: rivers after rain; possible: range of nephelometers; FNU is taken for the same"),
    _dissolved("suspended_solids", 5000, 100000, "Chất rắn lơ lửng (TSS)", "Suspended solids"),
    _dissolved("dissolved_solids", 45000, 500000, "Tổng chất rắn hòa tan (TDS)", "Dissolved solids"),
    row("salinity", PSU, _W, "gauge", (0, 40), (0, 100), "Độ mặn", "Salinity",
        "plausible: river to the East Sea; possible: brine; a thousandth of the mass is taken for the same"),
    _dissolved("chloride", 25000, 500000, "Clorua", "Chloride"),
    _dissolved("free_chlorine", 5, 200, "Clo dư tự do", "Free chlorine"),
    _dissolved("ammonium", 100, 20000, "Amoni", "Ammonium"),
    _dissolved("nitrate", 100, 100000, "Nitrat", "Nitrate"),
    _dissolved("cod", 1000, 100000, "Nhu cầu oxy hóa học (COD)", "Chemical oxygen demand"),
    row("chlorophyll", MICROGRAM_PER_LITRE, _W, "gauge", (0, 200), (0, 2000), "Diệp lục a", "Chlorophyll a", _QUALITY),
    row("orp", MILLIVOLT, _W, "gauge", (-800, 1000), (-2000, 2000), "Thế oxy hóa khử (ORP)", "Redox potential",
        _QUALITY),
    _alarm("leak", "Phát hiện nước", "Water detected", ("có nước", "wet")),
    _alarm("meter_leak", "Rò rỉ sau đồng hồ", "Leak behind the meter"),
    _alarm("burst", "Vỡ ống", "Burst pipe"),
    _alarm("backflow", "Nước chảy ngược", "Backflow"),
    _alarm("dry", "Ống không có nước", "Empty pipe"),
    _alarm("no_consumption", "Không tiêu thụ nước", "No consumption"),
    _alarm("freezing", "Nguy cơ đóng băng", "Freezing"),
    row("manhole_open", STATE, _W, "state", (0, 1), (0, 1), "Nắp cống", "Manhole cover", "its code table",
        {0: Label("đóng", "closed"), 1: Label("mở", "open")}),
    row("valve", STATE, _W, "state", (0, 1), (0, 1), "Van", "Valve", "its code table",
        {0: Label("đóng", "closed"), 1: Label("mở", "open")}),
    row("valve_opening", PERCENT, _W, "gauge", (0, 100), (0, 100), "Độ mở van", "Valve opening", "by definition"),
    row("pump", STATE, _W, "state", (0, 1), (0, 1), "Máy bơm", "Pump", "its code table",
        {0: Label("dừng", "stopped"), 1: Label("chạy", "running")}),
)
# fmt: on
