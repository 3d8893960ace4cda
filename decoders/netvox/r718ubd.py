"""Netvox R718UBD and R718UBB: air of a room, as many sensors as were ordered.

Source: Netvox LoRaWAN Application Command V1.8.6; the manuals of the models; the frame is described in `protocol`.
Device types: R718UBD bb, R718UBB bb.

    report 1
    3     battery           1 byte, bit 7 low, bits 6..0 0.1 V
    4..5  temperature       2 bytes, signed, 0.01 °C
    6..7  humidity          2 bytes, 0.01 %
    8..9  CO2               2 bytes, ppm
    10    shock             1 byte, 0 none, 1 shock
    report 2
    4..7  air pressure      4 bytes, 0.01 hPa
    8..10 illuminance       3 bytes, lx
    report 3
    4..5  PM2.5             2 bytes, µg/m³
    6..7  PM10              the same
    8..9  TVOC              2 bytes, ppb

All bits set stand for a sensor that was not ordered. So -0.01 °C is never told.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.netvox.protocol import BATTERY, PORTS, fitted_flag, humidity, i16, reader, report, u16, u24, u32

_REPORTS = {
    0x01: report(i16(4, "air_temperature", divisor=100), humidity(6), u16(8, "co2"), fitted_flag(10, "shock")),
    0x02: report(u32(4, "pressure", divisor=100), u24(8, "illuminance")),
    0x03: report(u16(4, "pm2_5"), u16(6, "pm10"), u16(8, "tvoc_fraction")),
}

_MODELS = (
    ("R718UBD", 0xBB, True, ()),
    ("R718UBB", 0xBB, True, ()),
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
            "pressure",
            "illuminance",
            "shock",
            *BATTERY,
        ),
        decode=reader(device, _REPORTS),
        aliases=aliases,
        verified=verified,
    )
    for model, device, verified, aliases in _MODELS
)
