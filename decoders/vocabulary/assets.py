"""What the city owns and watches: bins, lamps, doors, electricity, structures, and the inputs of a logger.

Inputs are what nobody has said the meaning of: a contact, a pulse counter, a current loop. The channel is the input.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.vocabulary.quantity import Label, row
from decoders.vocabulary.units import (
    AMPERE,
    AMPERE_HOUR,
    CELSIUS,
    DEGREE,
    HERTZ,
    KILOGRAM,
    KILOWATT_HOUR,
    METRE_PER_SECOND_SQUARED,
    MICROSTRAIN,
    MILLIAMPERE,
    MILLIMETRE,
    MILLIMETRE_PER_SECOND,
    PERCENT,
    PLAIN,
    STATE,
    VAR,
    VOLT,
    VOLT_AMPERE,
    WATT,
)

if TYPE_CHECKING:
    from decoders.vocabulary.quantity import Domain, Quantity

_A: Domain = "assets"
_UINT32 = (0, 2**32 - 1)
_POWER = "plausible: a street's cabinet; possible: judgement, a pumping station"
_BRIDGE = "plausible: bridges and poles; possible: the range of the usual sensors"
_USE = "plausible: a street's cabinet in 25 hours; possible: judgement, a pumping station"
_LOOP = "plausible: IEC 60381-1, 4 to 20 mA with NAMUR NE 43; possible: what inputs survive"


def _state(name: str, vi: str, en: str, no: tuple[str, str], yes: tuple[str, str]) -> Quantity:
    states = {0: Label(*no), 1: Label(*yes)}
    return row(name, STATE, _A, "state", (0, 1), (0, 1), vi, en, "its code table", states)


# fmt: off
_THINGS = (
    row("fill_distance", MILLIMETRE, _A, "gauge", (0, 5000), (0, 100000), "Khoảng cách đến rác",
        "Distance to the content", "plausible: the deepest bins; possible: range of the usual sensors"),
    row("object_distance", MILLIMETRE, _A, "gauge", (0, 5000), (0, 100000), "Khoảng cách đến vật thể",
        "Distance to an object", "plausible: a room or a parking space; possible: range of the usual sensors"),
    row("fill_level", PERCENT, _A, "gauge", (0, 100), (0, 100), "Mức đầy", "Fill level", "by definition"),
    _state("full", "Trạng thái đầy", "Full", ("chưa đầy", "not full"), ("đầy", "full")),
    _state("fire", "Cháy", "Fire", ("không", "no"), ("có", "yes")),
    _state("smoke", "Khói", "Smoke", ("không", "no"), ("có", "yes")),
    _state("door_open", "Cửa", "Door", ("đóng", "closed"), ("mở", "open")),
    row("door_count", PLAIN, _A, "counter", _UINT32, _UINT32, "Tổng số lần mở cửa", "Door openings, total",
        "possible: a 32-bit counter"),
    row("door_openings", PLAIN, _A, "event_count", (0, 5000), (0, 2**24), "Số lần mở cửa", "Door openings",
        "plausible: a public door in a day; possible: the width of the device's counter"),
    _state("shock", "Va đập", "Shock", ("không", "none"), ("có", "detected")),
    _state("button", "Nút bấm", "Button", ("không", "released"), ("bấm", "pressed")),
    _state("lamp", "Đèn", "Lamp", ("tắt", "off"), ("sáng", "on")),
    row("dimming", PERCENT, _A, "gauge", (0, 100), (0, 100), "Mức sáng đèn", "Lamp dimming level", "by definition"),
    _state("switch", "Công tắc", "Switch", ("tắt", "off"), ("bật", "on")),
    row("mass", KILOGRAM, _A, "gauge", (0, 5000), (-100, 1000000), "Khối lượng", "Mass",
        "plausible: a full container; possible: a lorry scale, and the zero error of a load cell"),
    row("object_temperature", CELSIUS, _A, "gauge", (0, 150), (-200, 1800), "Nhiệt độ vật thể", "Object temperature",
        "plausible: machines and cables; possible: range of thermocouples"),
)

_ELECTRICITY = (
    row("voltage", VOLT, _A, "gauge", (0, 500), (-2000, 50000), "Điện áp", "Voltage", _POWER),
    row("current", AMPERE, _A, "gauge", (0, 1000), (-10000, 10000), "Dòng điện", "Current", _POWER),
    row("power", WATT, _A, "gauge", (-500000, 500000), (-10**9, 10**9), "Công suất tác dụng", "Active power", _POWER),
    row("reactive_power", VAR, _A, "gauge", (-500000, 500000), (-10**9, 10**9), "Công suất phản kháng",
        "Reactive power", _POWER),
    row("apparent_power", VOLT_AMPERE, _A, "gauge", (0, 500000), (0, 10**9), "Công suất biểu kiến",
        "Apparent power", _POWER),
    row("power_factor", PLAIN, _A, "gauge", (-1, 1), (-1, 1), "Hệ số công suất", "Power factor", "by definition"),
    row("energy", KILOWATT_HOUR, _A, "counter", (0, 10**8), (0, 10**11), "Điện năng tích lũy", "Energy, total",
        _POWER),
    row("charge", AMPERE_HOUR, _A, "counter", (0, 10**8), (0, 10**9), "Điện lượng tích lũy", "Charge, total",
        "plausible: a street's cabinet in ten years; possible: judgement, a pumping station"),
    row("energy_used", KILOWATT_HOUR, _A, "event_count", (0, 12500), (0, 10**8), "Điện năng tiêu thụ",
        "Energy since the last report", _USE),
    row("charge_used", AMPERE_HOUR, _A, "event_count", (0, 25000), (0, 10**6), "Điện lượng tiêu thụ",
        "Charge since the last report", _USE),
    row("mains_frequency", HERTZ, _A, "gauge", (49, 51), (0, 500), "Tần số lưới điện", "Mains frequency",
        "plausible: the grid code of Việt Nam in disturbed operation; possible: judgement"),
)

_STRUCTURES = (
    row("angle", DEGREE, _A, "gauge", (0, 180), (0, 180), "Góc lệch so với phương thẳng đứng",
        "Angle from the vertical", "by definition"),
    *(row(f"angle_{axis}", DEGREE, _A, "gauge", (-180, 180), (-360, 360), f"Góc nghiêng trục {axis.upper()}",
          f"Angle, {axis.upper()} axis", _BRIDGE) for axis in "xyz"),
    *(row(f"acceleration_{axis}", METRE_PER_SECOND_SQUARED, _A, "gauge", (-160, 160), (-4000, 4000),
          f"Gia tốc trục {axis.upper()}", f"Acceleration, {axis.upper()} axis", _BRIDGE) for axis in "xyz"),
    *(row(f"vibration_{axis}", MILLIMETRE_PER_SECOND, _A, "gauge", (0, 100), (0, 10000),
          f"Vận tốc rung trục {axis.upper()}", f"Vibration velocity, {axis.upper()} axis", _BRIDGE) for axis in "xyz"),
    row("vibration_frequency", HERTZ, _A, "gauge", (0, 10000), (0, 100000), "Tần số rung", "Vibration frequency",
        _BRIDGE),
    row("strain", MICROSTRAIN, _A, "gauge", (-3000, 3000), (-100000, 100000), "Biến dạng", "Strain", _BRIDGE),
    row("displacement", MILLIMETRE, _A, "gauge", (-500, 500), (-100000, 100000), "Chuyển vị", "Displacement",
        _BRIDGE),
)

_INPUTS = (
    _state("input", "Ngõ vào số", "Digital input", ("không tác động", "inactive"), ("tác động", "active")),
    _state("output", "Ngõ ra số", "Digital output", ("tắt", "off"), ("bật", "on")),
    row("pulses", PLAIN, _A, "counter", _UINT32, _UINT32, "Tổng số xung", "Pulses, total",
        "possible: a 32-bit counter"),
    row("pulse_count", PLAIN, _A, "event_count", (0, 10**6), _UINT32, "Số xung", "Pulses",
        "plausible: a meter between two reports; possible: a 32-bit field"),
    row("meter_reading", PLAIN, _A, "counter", (0, 10**9), (0, 10**12), "Chỉ số đồng hồ (đơn vị cài trên thiết bị)",
        "Meter reading, in the unit set on the device", "judgement: the payload does not carry the unit"),
    row("meter_used", PLAIN, _A, "event_count", (0, 10**6), (0, 10**9), "Lượng tiêu thụ (đơn vị cài trên thiết bị)",
        "Metered since the last report, in the unit set on the device",
        "judgement: the payload does not carry the unit"),
    row("loop_current", MILLIAMPERE, _A, "gauge", (3.6, 21), (-50, 50), "Dòng điện ngõ vào 4-20 mA",
        "Current loop input", _LOOP),
    row("input_voltage", VOLT, _A, "gauge", (-30, 30), (-1000, 1000), "Điện áp ngõ vào", "Voltage input", _LOOP),
    row("position", PERCENT, _A, "gauge", (0, 100), (-5, 105), "Vị trí (% hành trình)", "Position, of its travel",
        "plausible: by definition; possible: the zero error of a potentiometer"),
)
# fmt: on

ASSETS = (*_THINGS, *_ELECTRICITY, *_STRUCTURES, *_INPUTS)
