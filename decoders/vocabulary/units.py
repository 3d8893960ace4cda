"""The units of the vocabulary: as the city prints them, in UCUM, and by Grafana's id.

UCUM has no code of its own for NTU, PSU and dBm; braces mark them as annotations of a plain number, as it provides.
"""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """A unit in three spellings; ("", "1") is a plain number."""

    printed: str
    ucum: str
    grafana: str


CELSIUS = Unit("°C", "Cel", "celsius")
PERCENT = Unit("%", "%", "percent")
HECTOPASCAL = Unit("hPa", "hPa", "pressurehpa")
KILOPASCAL = Unit("kPa", "kPa", "pressurekpa")
BAR = Unit("bar", "bar", "pressurebar")
PPM = Unit("ppm", "[ppm]", "ppm")
PPB = Unit("ppb", "[ppb]", "conppb")
MICROGRAM = Unit("µg/m³", "ug/m3", "conμgm3")
GRAM_PER_CUBIC_METRE = Unit("g/m³", "g/m3", "congm3")
PER_CUBIC_CENTIMETRE = Unit("1/cm³", "/cm3", "suffix: 1/cm³")
MICROSIEVERT = Unit("µSv/h", "uSv/h", "radusvh")
LUX = Unit("lx", "lx", "lux")
WATT_PER_SQUARE_METRE = Unit("W/m²", "W/m2", "Wm2")
PHOTON_FLUX = Unit("µmol/(m²·s)", "umol/m2/s", "suffix: µmol/(m²·s)")

NANOMETRE = Unit("nm", "nm", "suffix: nm")
MILLIMETRE = Unit("mm", "mm", "lengthmm")
METRE = Unit("m", "m", "lengthm")
KILOMETRE = Unit("km", "km", "lengthkm")
MILLIMETRE_PER_HOUR = Unit("mm/h", "mm/h", "suffix: mm/h")
MILLIMETRE_PER_SECOND = Unit("mm/s", "mm/s", "suffix: mm/s")
METRE_PER_HOUR = Unit("m/h", "m/h", "suffix: m/h")
METRE_PER_SECOND = Unit("m/s", "m/s", "velocityms")
KILOMETRE_PER_HOUR = Unit("km/h", "km/h", "velocitykmh")
METRE_PER_SECOND_SQUARED = Unit("m/s²", "m/s2", "accMS2")
MICROSTRAIN = Unit("µm/m", "um/m", "suffix: µm/m")
DEGREE = Unit("°", "deg", "degree")
SECOND = Unit("s", "s", "s")
DAY = Unit("d", "d", "d")
PER_HOUR = Unit("1/h", "/h", "suffix: /h")
HERTZ = Unit("Hz", "Hz", "hertz")
KILOGRAM = Unit("kg", "kg", "masskg")

CUBIC_METRE = Unit("m³", "m3", "m3")
LITRE_PER_MINUTE = Unit("L/min", "L/min", "flowlpm")
MILLIGRAM_PER_LITRE = Unit("mg/L", "mg/L", "suffix: mg/L")
MICROGRAM_PER_LITRE = Unit("µg/L", "ug/L", "suffix: µg/L")
MICROSIEMENS = Unit("µS/cm", "uS/cm", "suffix: µS/cm")
NTU = Unit("NTU", "{NTU}", "suffix: NTU")
PSU = Unit("PSU", "{PSU}", "suffix: PSU")
PH = Unit("pH", "[pH]", "pH")

VOLT = Unit("V", "V", "volt")
MILLIVOLT = Unit("mV", "mV", "mvolt")
AMPERE = Unit("A", "A", "amp")
MILLIAMPERE = Unit("mA", "mA", "mamp")
AMPERE_HOUR = Unit("Ah", "A.h", "suffix: Ah")
WATT = Unit("W", "W", "watt")
VAR = Unit("var", "V.A{reactive}", "voltampreact")
VOLT_AMPERE = Unit("VA", "V.A", "voltamp")
KILOWATT_HOUR = Unit("kWh", "kW.h", "kwatth")
OHM = Unit("Ω", "Ohm", "ohm")

DECIBEL = Unit("dB", "dB", "dB")
DECIBEL_A = Unit("dBA", "dB[SPL]{A}", "suffix: dBA")
DECIBEL_C = Unit("dBC", "dB[SPL]{C}", "suffix: dBC")
DECIBEL_MILLIWATT = Unit("dBm", "{dBm}", "dBm")

PLAIN = Unit("", "1", "short")
STATE = Unit("", "1", "none")
