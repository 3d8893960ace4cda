"""Netvox RA07, R726 and R718PA series: air, weather, water or soil, by the sensors that were ordered.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: RA0715 05, RA0701 05, RA0723 05, RA0715Y 0d, R72601 09, R72615 09, R72615A 09, R72632A01 09, R718PA8 57,
R718PA 57, R718PB 58.

    report  bytes 4..5            6..7                     8..9
    01      PM1, µg/m³            PM2.5                    PM10: as in a factory, CF=1; channel 1
    02      PM1, µg/m³            PM2.5                    PM10: in the open
    03      particles of 0.3 µm   0.5 µm                   1 µm
    04      particles of 2.5 µm   5 µm                     10 µm
    05      O3, 0.1 ppm           CO, 0.1 ppm              NO, 0.1 ppm
    06      NO2, 0.1 ppm          SO2, 0.1 ppm             H2S, 0.1 ppm
    07      CO2, 0.1 ppm          NH3, 0.1 ppm             noise, 0.1 dB
    08      pH, 0.01              its temperature, 0.01 °C redox potential, mV
    09      turbidity, 0.1 NTU    its temperature, 0.01 °C moisture of soil (EC-5), 0.01 %
    0a      moisture of soil (5TE), 0.01 %  temperature of soil, 0.01 °C  water level, mm; 10: conductivity (5TE)
    0b      temperature of water, 0.01 °C   oxygen, 0.01 mg/L             its saturation, 0.1 %
    0c      temperature, 0.01 °C  humidity, 0.01 %         wind speed, 0.01 m/s
    0d      wind direction, °     6..9: air pressure, 0.01 hPa
    0e      TVOC, 0.1 ppm
    0f      nitrogen, phosphorus, potassium
    10      moisture, 0.01 %, temperature, 0.01 °C, and conductivity of soil

Byte 3 is the battery; temperatures and the redox potential are signed; all bits set stand for a missing sensor.
The document lists reports 01 and 02 alike; the order is that of the Plantower sensor, whose two calibrations they are.
Not read, as unit or meaning are not certain: particle numbers (03, 04), the conductivities (0a, 10), and 0f.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, Value, i16, reader, report, u16, u32

_PPB = 100  # in 0.1 ppm


def _gas(at: int, quantity: str) -> Value:
    return u16(at, quantity, multiply=_PPB)


_REPORTS = {
    0x01: report(u16(4, "pm1", 1), u16(6, "pm2_5", 1), u16(8, "pm10", 1)),
    0x02: report(u16(4, "pm1"), u16(6, "pm2_5"), u16(8, "pm10")),
    0x03: report(),
    0x04: report(),
    0x05: report(_gas(4, "o3_fraction"), _gas(6, "co_fraction"), _gas(8, "no_fraction")),
    0x06: report(_gas(4, "no2_fraction"), _gas(6, "so2_fraction"), _gas(8, "h2s_fraction")),
    0x07: report(u16(4, "co2", divisor=10), _gas(6, "nh3_fraction"), u16(8, "sound_average", divisor=10)),
    0x08: report(u16(4, "ph", divisor=100), i16(6, "water_temperature", divisor=100), i16(8, "orp")),
    0x09: report(
        u16(4, "turbidity", divisor=10), i16(6, "water_temperature", divisor=100), u16(8, "soil_moisture", divisor=100)
    ),
    0x0A: report(
        u16(4, "soil_moisture", divisor=100),
        i16(6, "soil_temperature", divisor=100),
        u16(8, "water_depth", divisor=1000),
    ),
    0x0B: report(
        i16(4, "water_temperature", divisor=100),
        u16(6, "dissolved_oxygen", divisor=100),
        u16(8, "oxygen_saturation", divisor=10),
    ),
    0x0C: report(
        i16(4, "air_temperature", divisor=100), u16(6, "humidity", divisor=100), u16(8, "wind_speed", divisor=100)
    ),
    0x0D: report(u16(4, "wind_direction"), u32(6, "pressure", divisor=100)),
    0x0E: report(_gas(4, "tvoc_fraction")),
    0x0F: report(),
    0x10: report(u16(4, "soil_moisture", divisor=100), i16(6, "soil_temperature", divisor=100)),
}

_MODELS = (
    ("RA0715", 0x05, True, ()),
    ("RA0701", 0x05, True, ()),
    ("RA0723", 0x05, False, ()),
    ("RA0715Y", 0x0D, True, ()),
    ("R72601", 0x09, True, ()),
    ("R72615", 0x09, False, ()),
    ("R72615A", 0x09, True, ()),
    ("R72632A01", 0x09, True, ()),
    ("R718PA8", 0x57, True, ()),
    ("R718PA", 0x57, False, ()),
    ("R718PB", 0x58, False, ()),
)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=(
            "pm1",
            "pm2_5",
            "pm10",
            "o3_fraction",
            "co_fraction",
            "no_fraction",
            "no2_fraction",
            "so2_fraction",
            "h2s_fraction",
            "co2",
            "nh3_fraction",
            "sound_average",
            "ph",
            "water_temperature",
            "orp",
            "turbidity",
            "soil_moisture",
            "soil_temperature",
            "water_depth",
            "dissolved_oxygen",
            "oxygen_saturation",
            "air_temperature",
            "humidity",
            "wind_speed",
            "wind_direction",
            "pressure",
            "tvoc_fraction",
            *BATTERY,
        ),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
        differs=(
            "The maker's decoder takes 255 for a missing sensor, a slip of its 8 bit check; here it is a value.",
            "Reports 01 and 02 have one name in the maker's decoder; the factory calibration, 01, is channel 1.",
            "Numbers of particles, conductivities and nutrients are not told: their units are not certain.",
        ),
    )
    for model, device, verified, aliases in _MODELS
)
