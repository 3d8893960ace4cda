"""The air that people breathe: particles, gases, its state, noise and light.

A gas has two entries: by mass as limits and indices are written (`no2`, µg/m³), and as the cheap sensors give it
(`no2_fraction`, ppb of the volume). Turning one into the other needs temperature and pressure, and is not a decoder's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.vocabulary.quantity import Label, row
from decoders.vocabulary.units import (
    CELSIUS,
    DECIBEL,
    DECIBEL_A,
    DECIBEL_C,
    GRAM_PER_CUBIC_METRE,
    HECTOPASCAL,
    LUX,
    MICROGRAM,
    MICROSIEVERT,
    NANOMETRE,
    OHM,
    PER_CUBIC_CENTIMETRE,
    PERCENT,
    PLAIN,
    PPB,
    PPM,
    STATE,
)

if TYPE_CHECKING:
    from decoders.vocabulary.quantity import Domain, Quantity

_ENV: Domain = "environment"
_UINT16 = (0, 2**16 - 1)
_MASS = "plausible: half of the 1000 µg/m³ of the Sensirion SPS30 datasheet; possible: judgement, dense smoke"
_NUMBER = "plausible: Sensirion SPS30 datasheet, 0 to 3000 1/cm³; possible: judgement, dense smoke"
_LIMIT = "plausible: the last class of VN_AQI (Decision 1459/QĐ-TCMT); possible: judgement, a fire beside the sensor"
_HAZARD = "plausible: ten times the limit of QCVN 05:2023 for an hour; possible: judgement, a leak beside the sensor"
_CELL = "plausible: the electrochemical cells of outdoor stations; possible: the widest such cell"
_INDOOR = "plausible: what sensors of rooms and streets give; possible: range of the usual metal-oxide chips"
_SOUND = "plausible: a quiet night to a siren at the kerb; possible: hearing threshold to a class 2 meter's overload"


def _mass(  # noqa: PLR0917  (a table row reads by position)
    name: str, high: float, possible: float, vi: str, en: str, source: str
) -> Quantity:
    return row(name, MICROGRAM, _ENV, "gauge", (0, high), (0, possible), vi, en, source)


def _fraction(name: str, high: float, possible: float, gas: str, source: str = _CELL) -> Quantity:
    vi, en = f"Tỷ phần thể tích {gas}", f"{gas}, volume fraction"
    return row(name, PPB, _ENV, "gauge", (0, high), (0, possible), vi, en, source)


def _number(name: str, size: str) -> Quantity:
    vi = f"Số hạt đến {size.replace('.', ',')} µm"
    number = PER_CUBIC_CENTIMETRE
    return row(name, number, _ENV, "gauge", (0, 3000), (0, 10000), vi, f"Particles up to {size} µm", _NUMBER)


# fmt: off
_PARTICLES = (
    *(_mass(name, 500, 10000, f"Bụi {text}", text, _MASS)
      for name, text in (("pm1", "PM1"), ("pm2_5", "PM2.5"), ("pm4", "PM4"), ("pm10", "PM10"))),
    _mass("tsp", 1000, 20000, "Tổng bụi lơ lửng (TSP)", "Total suspended particles", _MASS),
    *(_number(f"pm{size.replace('.', '_')}_number", size) for size in ("0.3", "0.5", "1", "2.5", "4", "5", "10")),
    row("particle_size", NANOMETRE, _ENV, "gauge", (300, 10000), _UINT16, "Cỡ hạt điển hình",
        "Typical particle size", "plausible: Sensirion SPS30 datasheet, 0.3 to 10 µm; possible: a 16-bit field"),
)

_GASES = (
    row("co2", PPM, _ENV, "gauge", (380, 5000), (0, 40000), "Nồng độ CO₂", "CO₂",
        "plausible: outdoor background to a badly aired room; possible: range of the usual infrared sensors"),
    row("eco2", PPM, _ENV, "gauge", (380, 5000), (0, 65535), "CO₂ tương đương (ước tính từ VOC)",
        "CO₂ equivalent, from VOC", "plausible: as of CO₂; possible: a 16-bit field"),
    _mass("co", 150000, 1200000, "Nồng độ CO", "CO", _LIMIT),
    _mass("no2", 3850, 40000, "Nồng độ NO₂", "NO₂", _LIMIT),
    _mass("no", 3850, 40000, "Nồng độ NO", "NO", _LIMIT),
    _mass("so2", 2630, 60000, "Nồng độ SO₂", "SO₂", _LIMIT),
    _mass("o3", 1200, 40000, "Nồng độ O₃", "O₃", _LIMIT),
    _mass("h2s", 420, 300000, "Nồng độ H₂S", "H₂S", _HAZARD),
    _mass("nh3", 2000, 200000, "Nồng độ NH₃", "NH₃", _HAZARD),
    _mass("hcho", 1000, 20000, "Nồng độ HCHO", "Formaldehyde", _INDOOR),
    _mass("tvoc", 20000, 1000000, "Tổng VOC", "TVOC", _INDOOR),
    _fraction("co_fraction", 50000, 2000000, "CO"),
    _fraction("no2_fraction", 2000, 20000, "NO₂"),
    _fraction("no_fraction", 2000, 250000, "NO"),
    _fraction("so2_fraction", 1000, 20000, "SO₂"),
    _fraction("o3_fraction", 600, 20000, "O₃"),
    _fraction("h2s_fraction", 100000, 2000000, "H₂S",
              "plausible: air of a sewer in which no one may work; possible: the widest electrochemical cell"),
    _fraction("nh3_fraction", 100000, 5000000, "NH₃",
              "plausible: air of a sewer or a stable; possible: the widest electrochemical cell"),
    _fraction("hcho_fraction", 1000, 20000, "HCHO", _INDOOR),
    _fraction("tvoc_fraction", 10000, 65535, "VOC", _INDOOR),
    row("ch4", PPM, _ENV, "gauge", (0, 50000), (0, 1000000), "Nồng độ CH₄", "Methane",
        "plausible: up to the lower explosive limit, 5 % of the volume; possible: by definition"),
    row("combustible_gas", PERCENT, _ENV, "gauge", (0, 100), (0, 100), "Khí cháy (% LEL)",
        "Combustible gas (% LEL)", "by definition, of the lower explosive limit"),
    row("o2", PERCENT, _ENV, "gauge", (10, 25), (0, 100), "Nồng độ O₂", "Oxygen in air",
        "plausible: air of a sewer to enriched air; possible: by definition"),
    row("voc_index", PLAIN, _ENV, "gauge", (1, 500), (0, 500), "Chỉ số VOC", "VOC index",
        "Sensirion SGP40 datasheet, 1 to 500"),
    row("nox_index", PLAIN, _ENV, "gauge", (1, 500), (0, 500), "Chỉ số NOx", "NOx index",
        "Sensirion SGP41 datasheet, 1 to 500"),
    row("iaq", PLAIN, _ENV, "gauge", (0, 500), (0, 500), "Chỉ số không khí trong nhà (IAQ)", "Indoor air index (IAQ)",
        "Bosch BME680 datasheet, 0 to 500"),
    row("tvoc_rating", PLAIN, _ENV, "gauge", (0, 5), (0, 10), "Mức TVOC", "TVOC rating",
        "plausible: five levels of the German UBA, as Renesas ZMOD4410 gives them; possible: that chip's range"),
    row("gas_resistance", OHM, _ENV, "gauge", (1000, 5000000), (0, 100000000), "Điện trở cảm biến khí",
        "Gas sensor resistance", "plausible: Bosch BME680 in use; possible: judgement"),
    row("radiation_dose_rate", MICROSIEVERT, _ENV, "gauge", (0, 1), (0, 10000), "Suất liều bức xạ",
        "Radiation dose rate", "plausible: ten times natural background; possible: range of Geiger tubes"),
)

_STATE_OF_AIR = (
    row("air_temperature", CELSIUS, _ENV, "gauge", (5, 45), (-90, 60), "Nhiệt độ không khí", "Air temperature",
        "possible: records of the WMO, -89.2 and 56.7 °C; plausible: judgement, coast of central Việt Nam"),
    row("humidity", PERCENT, _ENV, "gauge", (15, 100), (0, 100), "Độ ẩm không khí", "Relative humidity",
        "possible: by definition; plausible: judgement, coast of central Việt Nam"),
    row("absolute_humidity", GRAM_PER_CUBIC_METRE, _ENV, "gauge", (2, 40), (0, 150), "Độ ẩm tuyệt đối",
        "Absolute humidity", "plausible: 5 °C dry to 35 °C moist; possible: saturated air at 60 °C"),
    row("dew_point", CELSIUS, _ENV, "gauge", (-5, 32), (-90, 60), "Điểm sương", "Dew point",
        "possible: as of air; plausible: judgement, coast of central Việt Nam"),
    row("heat_index", CELSIUS, _ENV, "gauge", (2, 65), (0, 300), "Chỉ số nhiệt", "Heat index",
        "plausible: from where it begins to beyond Steadman's table, 58 °C; possible: what the equation gives"),
    row("vapour_pressure", HECTOPASCAL, _ENV, "gauge", (2, 60), (0, 470), "Áp suất hơi nước", "Vapour pressure",
        "plausible: dry winter to moist summer; possible: METER ATMOS 41 manual, 0 to 47 kPa"),
    row("pressure", HECTOPASCAL, _ENV, "gauge", (920, 1045), (300, 1100), "Áp suất không khí", "Air pressure",
        "plausible: sea level to 700 m, typhoons; possible: range of the usual barometer chips"),
    row("differential_pressure", HECTOPASCAL, _ENV, "gauge", (-1100, 20000), (-10**6, 10**6), "Chênh lệch áp suất",
        "Differential pressure", "plausible: a duct's filter to a probe under 200 m of water; possible: judgement"),
)

_NOISE = (
    row("laeq", DECIBEL_A, _ENV, "gauge", (25, 110), (0, 150), "Mức ồn tương đương LAeq", "Noise, LAeq", _SOUND),
    row("lamax", DECIBEL_A, _ENV, "gauge", (25, 130), (0, 150), "Mức ồn cực đại LAmax", "Noise, LAmax", _SOUND),
    row("lamin", DECIBEL_A, _ENV, "gauge", (20, 110), (0, 150), "Mức ồn cực tiểu LAmin", "Noise, LAmin", _SOUND),
    row("la", DECIBEL_A, _ENV, "gauge", (25, 120), (0, 150), "Mức ồn tức thời LA", "Noise, LA", _SOUND),
    row("lceq", DECIBEL_C, _ENV, "gauge", (30, 120), (0, 150), "Mức ồn tương đương LCeq", "Noise, LCeq", _SOUND),
    row("lcmax", DECIBEL_C, _ENV, "gauge", (30, 140), (0, 150), "Mức ồn cực đại LCmax", "Noise, LCmax", _SOUND),
    row("lc", DECIBEL_C, _ENV, "gauge", (30, 130), (0, 150), "Mức ồn tức thời LC", "Noise, LC", _SOUND),
    row("lzeq", DECIBEL, _ENV, "gauge", (30, 120), (0, 150), "Mức âm tương đương LZeq", "Sound, LZeq", _SOUND),
    row("lzmax", DECIBEL, _ENV, "gauge", (30, 140), (0, 150), "Mức âm cực đại LZmax", "Sound, LZmax", _SOUND),
    row("lz", DECIBEL, _ENV, "gauge", (30, 130), (0, 150), "Mức âm tức thời LZ", "Sound, LZ", _SOUND),
    row("sound_average", DECIBEL, _ENV, "gauge", (20, 110), (0, 150), "Mức âm trung bình (không trọng số)",
        "Sound, average, weighting not stated", _SOUND),
    row("sound_peak", DECIBEL, _ENV, "gauge", (20, 130), (0, 150), "Mức âm đỉnh (không trọng số)",
        "Sound, peak, weighting not stated", _SOUND),
)

_LIGHT = (
    row("illuminance", LUX, _ENV, "gauge", (0, 120000), (0, 200000), "Độ rọi", "Illuminance",
        "plausible: direct sun; possible: range of the usual light chips"),
    row("light_level", STATE, _ENV, "state", (0, 5), (0, 5), "Mức sáng", "Light level", "Milesight AM100 and AM300: "
        "0 to 5 lx, to 50, to 100, to 400, to 700, and above",
        {0: Label("tối", "dark"), 1: Label("rất yếu", "very dim"), 2: Label("yếu", "dim"),
         3: Label("vừa", "medium"), 4: Label("sáng", "bright"), 5: Label("rất sáng", "very bright")}),
    row("bright", STATE, _ENV, "state", (0, 1), (0, 1), "Sáng hay tối", "Bright or dark",
        "its code table; the threshold is the device's own", {0: Label("tối", "dark"), 1: Label("sáng", "bright")}),
)
# fmt: on

AIR = (*_PARTICLES, *_GASES, *_STATE_OF_AIR, *_NOISE, *_LIGHT)
