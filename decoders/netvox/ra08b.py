"""Netvox RA08B and RA08D: air of a room, as many sensors as were ordered.

Source: Netvox RA08Bxx(S) and RA08D user manuals, 5.1; the frame is described in `protocol`.
Device types: RA08B a0, RA08D a0.

    report 1
    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..5  temperature       2 bytes, signed, 0.01 °C
    6..7  humidity          2 bytes, 0.01 %
    8..9  CO2               2 bytes, ppm
    10    occupancy         1 byte, 0 vacant, 1 occupied
    report 2
    4..7  air pressure      4 bytes, 0.01 hPa
    8..10 illuminance       3 bytes, lx
    report 3
    4..5  PM2.5             2 bytes, µg/m³
    6..7  PM10              the same
    8..10 TVOC              3 bytes, ppb
    report 4
    4..5  HCHO              2 bytes, ppb
    6..9  O3, CO            2 bytes each, passed over: their unit is not certain
    report 5
    4..7  alarms            4 bytes, one bit for each threshold; told as one alarm

All bits set stand for a sensor that was not ordered, or one that failed. So -0.01 °C is never told.
"""

from __future__ import annotations

from decoders.base import Decoder, Reading
from decoders.netvox.protocol import BATTERY, PORTS, fitted_flag, humidity, i16, reader, report, u16, u24, u32


def _alarm(payload: bytes) -> Reading:
    return Reading("alarm", float(any(payload[4:8])))


_REPORTS = {
    0x01: report(i16(4, "air_temperature", divisor=100), humidity(6), u16(8, "co2"), fitted_flag(10, "presence")),
    0x02: report(u32(4, "pressure", divisor=100), u24(8, "illuminance")),
    0x03: report(u16(4, "pm2_5"), u16(6, "pm10"), u24(8, "tvoc_fraction")),
    0x04: report(u16(4, "hcho_fraction")),
    0x05: report(_alarm),
}

_MODELS = (
    ("RA08B", 0xA0, True, ("RA08B01", "RA08BXX", "RA08BXXS")),
    ("RA08D", 0xA0, True, ()),
)

DECODERS = tuple(
    Decoder(
        vendor="Netvox",
        model=model,
        ports=PORTS,
        quantities=(
            "co2",
            "air_temperature",
            "humidity",
            "pm2_5",
            "pm10",
            "tvoc_fraction",
            "hcho_fraction",
            "pressure",
            "illuminance",
            "presence",
            "alarm",
            *BATTERY,
        ),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
