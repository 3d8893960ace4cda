"""The closed vocabulary: every quantity that a reading can be of.

A name says what is measured and never in which unit; a temperature says of what. The unit is fixed here, so a field
never changes its meaning between two models. Every value is a float: a counter, a count and a code too.

`plausible` is where a value is believed without a second look, for a city on the coast of central Việt Nam; outside it
the value is kept, and doubtful. `possible` is what physics and the counters' own width allow; outside it the value is
no measurement at all, and is absent. `source` says where the two come from.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Domain: TypeAlias = Literal["environment", "traffic", "water", "assets", "device"]

Kind: TypeAlias = Literal["gauge", "counter", "state", "event_count"]
"""gauge: a level at a time. counter: a total that grows until it is reset or wraps. state: a code of a closed table.
event_count: how many since the device's previous report; they add up."""


class Range(NamedTuple):
    """Both ends included, in the quantity's unit."""

    low: float
    high: float

    def __contains__(self, value: object) -> bool:
        """Whether a number lies between the ends; not-a-number never does."""
        return isinstance(value, (int, float)) and self.low <= value <= self.high


class Label(NamedTuple):
    """What a person reads."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """One entry of the vocabulary.

    Attributes:
        unit: as printed, "µg/m³"; "" where it is a plain number or a state.
        ucum: the unit's code in UCUM (the Unified Code for Units of Measure); "1" where it is a plain number.
        grafana: Grafana's unit id.
        states: of a state: code to label; empty otherwise.
    """

    name: str
    unit: str
    ucum: str
    grafana: str
    domain: Domain
    kind: Kind
    plausible: Range
    possible: Range
    label: Label
    source: str
    states: Mapping[int, Label] = field(default_factory=lambda: MappingProxyType({}))


class _Unit(NamedTuple):
    printed: str
    ucum: str
    grafana: str


_CELSIUS = _Unit("°C", "Cel", "celsius")
_PERCENT = _Unit("%", "%", "percent")
_VOLT = _Unit("V", "V", "volt")
_MASS = _Unit("µg/m³", "ug/m3", "conμgm3")
_NUMBER = _Unit("1/cm³", "/cm3", "suffix: 1/cm³")
_MILLIMETRE = _Unit("mm", "mm", "lengthmm")
_METRE = _Unit("m", "m", "lengthm")
_DECIBEL = _Unit("dB", "dB", "dB")
_DEGREE = _Unit("°", "deg", "degree")
_NANOMETRE = _Unit("nm", "nm", "suffix: nm")
_SECOND = _Unit("s", "s", "s")
_HECTOPASCAL = _Unit("hPa", "hPa", "pressurehpa")
_PPM = _Unit("ppm", "[ppm]", "ppm")
_WATT = _Unit("W", "W", "watt")
_PLAIN = _Unit("", "1", "short")
_STATE = _Unit("", "1", "none")

_UINT32 = (0, 2**32 - 1)
_UINT16 = (0, 2**16 - 1)
_ENV: Domain = "environment"
_MASS_RANGE = "plausible: half of the 1000 µg/m³ of the Sensirion SPS30 datasheet; possible: judgement, dense smoke"
_NUMBER_RANGE = "plausible: Sensirion SPS30 datasheet, 0 to 3000 1/cm³; possible: judgement, dense smoke"
_COUNT = "plausible: a busy crossing between two reports; possible: the width of the device's counter"
_TOTAL = "possible: a 32-bit counter"
_PRESENT = "plausible: what one overhead sensor can tell apart; possible: a 16-bit field"
_DWELL = "plausible: half a day; possible: a day, longer than any report interval"
_TANK = "plausible: the range of the ultrasonic and radar sensors in use; possible: deepest shaft worth a sensor"


def _row(  # noqa: PLR0917  (a table row reads by position)
    name: str,
    unit: _Unit,
    domain: Domain,
    kind: Kind,
    plausible: tuple[float, float],
    possible: tuple[float, float],
    vi: str,
    en: str,
    source: str,
    states: Mapping[int, Label] | None = None,
) -> Quantity:
    return Quantity(
        name=name,
        unit=unit.printed,
        ucum=unit.ucum,
        grafana=unit.grafana,
        domain=domain,
        kind=kind,
        plausible=Range(*plausible),
        possible=Range(*possible),
        label=Label(vi, en),
        source=source,
        states=MappingProxyType(dict(states or {})),
    )


# fmt: off
_ENVIRONMENT = (
    _row("air_temperature", _CELSIUS, _ENV, "gauge", (5, 45), (-90, 60), "Nhiệt độ không khí", "Air temperature",
         "possible: records of the WMO, -89.2 and 56.7 °C; plausible: judgement, coast of central Việt Nam"),
    _row("humidity", _PERCENT, _ENV, "gauge", (15, 100), (0, 100), "Độ ẩm không khí", "Relative humidity",
         "possible: by definition; plausible: judgement, coast of central Việt Nam"),
    _row("pressure", _HECTOPASCAL, _ENV, "gauge", (920, 1045), (300, 1100), "Áp suất không khí", "Air pressure",
         "plausible: sea level to 700 m, typhoons; possible: range of the usual barometer chips"),
    _row("co2", _PPM, _ENV, "gauge", (380, 5000), (0, 40000), "Nồng độ CO₂", "CO₂",
         "plausible: outdoor background to a badly aired room; possible: range of the usual infrared sensors"),
    _row("pm1", _MASS, _ENV, "gauge", (0, 500), (0, 10000), "Bụi PM1", "PM1", _MASS_RANGE),
    _row("pm2_5", _MASS, _ENV, "gauge", (0, 500), (0, 10000), "Bụi PM2.5", "PM2.5", _MASS_RANGE),
    _row("pm4", _MASS, _ENV, "gauge", (0, 500), (0, 10000), "Bụi PM4", "PM4", _MASS_RANGE),
    _row("pm10", _MASS, _ENV, "gauge", (0, 500), (0, 10000), "Bụi PM10", "PM10", _MASS_RANGE),
    _row("pm0_5_number", _NUMBER, _ENV, "gauge", (0, 3000), (0, 10000), "Số hạt đến 0,5 µm",
         "Particles up to 0.5 µm", _NUMBER_RANGE),
    _row("pm1_number", _NUMBER, _ENV, "gauge", (0, 3000), (0, 10000), "Số hạt đến 1 µm",
         "Particles up to 1 µm", _NUMBER_RANGE),
    _row("pm2_5_number", _NUMBER, _ENV, "gauge", (0, 3000), (0, 10000), "Số hạt đến 2,5 µm",
         "Particles up to 2.5 µm", _NUMBER_RANGE),
    _row("pm4_number", _NUMBER, _ENV, "gauge", (0, 3000), (0, 10000), "Số hạt đến 4 µm",
         "Particles up to 4 µm", _NUMBER_RANGE),
    _row("pm10_number", _NUMBER, _ENV, "gauge", (0, 3000), (0, 10000), "Số hạt đến 10 µm",
         "Particles up to 10 µm", _NUMBER_RANGE),
    _row("particle_size", _NANOMETRE, _ENV, "gauge", (300, 10000), _UINT16, "Cỡ hạt điển hình",
         "Typical particle size", "plausible: Sensirion SPS30 datasheet, 0.3 to 10 µm; possible: a 16-bit field"),
)

# `_in` and `_out` are totals, `_in_count` and `_out_count` are since the previous report; the channel is the line.
# Of objects the channel is the direction: 1 left to right, 2 right to left. Of those present it is the region.
_TRAFFIC = (
    _row("people_in", _PLAIN, "traffic", "counter", _UINT32, _UINT32, "Tổng người vào", "People in, total", _TOTAL),
    _row("people_out", _PLAIN, "traffic", "counter", _UINT32, _UINT32, "Tổng người ra", "People out, total", _TOTAL),
    _row("people_in_count", _PLAIN, "traffic", "event_count", (0, 5000), _UINT16, "Người vào", "People in", _COUNT),
    _row("people_out_count", _PLAIN, "traffic", "event_count", (0, 5000), _UINT16, "Người ra", "People out", _COUNT),
    _row("children_in", _PLAIN, "traffic", "counter", _UINT32, _UINT32, "Tổng trẻ em vào",
         "Children in, total", _TOTAL),
    _row("children_out", _PLAIN, "traffic", "counter", _UINT32, _UINT32, "Tổng trẻ em ra",
         "Children out, total", _TOTAL),
    _row("children_in_count", _PLAIN, "traffic", "event_count", (0, 5000), _UINT16, "Trẻ em vào",
         "Children in", _COUNT),
    _row("children_out_count", _PLAIN, "traffic", "event_count", (0, 5000), _UINT16, "Trẻ em ra",
         "Children out", _COUNT),
    _row("people_present", _PLAIN, "traffic", "gauge", (0, 200), _UINT16, "Số người có mặt",
         "People present", _PRESENT),
    _row("children_present", _PLAIN, "traffic", "gauge", (0, 200), _UINT16, "Số trẻ em có mặt",
         "Children present", _PRESENT),
    _row("dwell_time", _SECOND, "traffic", "gauge", (0, 43200), (0, 86400), "Thời gian lưu lại trung bình",
         "Dwell time, average", _DWELL),
    _row("dwell_time_max", _SECOND, "traffic", "gauge", (0, 43200), (0, 86400), "Thời gian lưu lại dài nhất",
         "Dwell time, longest", _DWELL),
    _row("children_dwell_time", _SECOND, "traffic", "gauge", (0, 43200), (0, 86400),
         "Thời gian trẻ em lưu lại trung bình", "Children's dwell time, average", _DWELL),
    _row("children_dwell_time_max", _SECOND, "traffic", "gauge", (0, 43200), (0, 86400),
         "Thời gian trẻ em lưu lại dài nhất", "Children's dwell time, longest", _DWELL),
    _row("objects", _PLAIN, "traffic", "counter", _UINT32, _UINT32, "Tổng lượt qua", "Passages, total", _TOTAL),
    _row("object_count", _PLAIN, "traffic", "event_count", (0, 5000), _UINT16, "Lượt qua", "Passages", _COUNT),
)

_WATER = (
    _row("distance", _MILLIMETRE, "water", "gauge", (200, 12000), (0, 100000), "Khoảng cách đến mặt nước",
         "Distance to the surface", _TANK),
    _row("water_level", _METRE, "water", "gauge", (-5, 30), (-100, 1000), "Mực nước", "Water level",
         "plausible: tide, river and drain gauges above the site's datum; possible: judgement"),
    _row("water_depth", _METRE, "water", "gauge", (0, 20), (0, 1000), "Độ sâu nước", "Water depth",
         "plausible: drains, streets and pumping stations; possible: judgement"),
    _row("water_temperature", _CELSIUS, "water", "gauge", (10, 40), (-5, 100), "Nhiệt độ nước", "Water temperature",
         "possible: liquid water at sea level, some brine; plausible: judgement, coast of central Việt Nam"),
    _row("probe_temperature", _CELSIUS, "water", "gauge", (5, 60), (-55, 125), "Nhiệt độ đầu dò ngoài",
         "External probe temperature", "possible: Maxim DS18B20 datasheet, -55 to 125 °C; plausible: judgement"),
)

_DEVICE = (
    _row("battery", _PERCENT, "device", "gauge", (0, 100), (0, 100), "Pin", "Battery", "by definition"),
    _row("battery_voltage", _VOLT, "device", "gauge", (2, 15), (0, 60), "Điện áp pin", "Battery voltage",
         "plausible: one lithium cell to a 12 V lead battery; possible: extra-low voltage"),
    _row("solar_power", _WATT, "device", "gauge", (0, 50), (0, 1000), "Công suất pin mặt trời", "Solar panel power",
         "plausible: the panels on sensor poles; possible: judgement"),
    _row("device_temperature", _CELSIUS, "device", "gauge", (0, 75), (-55, 125), "Nhiệt độ thiết bị",
         "Device temperature", "possible: military range of electronics; plausible: a box in the tropical sun"),
    _row("interrupt", _STATE, "device", "state", (0, 1), (0, 1), "Lý do gửi", "Cause of the report", "its code table",
         {0: Label("định kỳ", "periodic"), 1: Label("do ngắt ngoài", "external interrupt")}),
    _row("occlusion", _STATE, "device", "state", (0, 1), (0, 1), "Ống kính bị che", "View blocked", "its code table",
         {0: Label("không che", "clear"), 1: Label("bị che", "blocked")}),
    _row("tilt", _STATE, "device", "state", (0, 1), (0, 1), "Trạng thái nghiêng", "Tilt", "its code table",
         {0: Label("thẳng đứng", "upright"), 1: Label("bị nghiêng", "tilted")}),
    _row("external_power", _STATE, "device", "state", (0, 1), (0, 1), "Nguồn điện ngoài", "External power",
         "LoRaWAN 1.0.3, DevStatusAns: battery 0", {0: Label("không", "no"), 1: Label("có", "yes")}),
    _row("margin", _DECIBEL, "device", "gauge", (-32, 31), (-32, 31), "Độ dự trữ SNR", "SNR margin",
         "LoRaWAN 1.0.3, DevStatusAns: a signed number of 6 bits"),
    _row("latitude", _DEGREE, "device", "gauge", (7, 24), (-90, 90), "Vĩ độ", "Latitude",
         "possible: by definition; plausible: Việt Nam and its sea"),
    _row("longitude", _DEGREE, "device", "gauge", (102, 118), (-180, 180), "Kinh độ", "Longitude",
         "possible: by definition; plausible: Việt Nam and its sea"),
    _row("altitude", _METRE, "device", "gauge", (-50, 3200), (-500, 9000), "Độ cao", "Altitude",
         "possible: the surface of the earth; plausible: Việt Nam, Fansipan 3,143 m"),
)
# fmt: on

QUANTITIES: Mapping[str, Quantity] = MappingProxyType(
    {quantity.name: quantity for quantity in (*_ENVIRONMENT, *_TRAFFIC, *_WATER, *_DEVICE)}
)
"""Every quantity, by name."""
