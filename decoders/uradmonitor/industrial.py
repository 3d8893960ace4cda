"""uRADMonitor INDUSTRIAL: outdoor air quality with up to four gas sensors, HW105 and HW106.

Source: comments of the maker's decoder, TheThingsNetwork/lorawan-devices, vendor/uradmonitor/industrial.js. 50 bytes on
any FPort, most significant byte first:

    0      device id         4 bytes, the first is 14 on an INDUSTRIAL
    4, 5   hardware, firmware version
    6      time since start  4 bytes, s
    10     position          3 + 3 + 2 bytes, and 2 bytes of speed; 0 without a receiver
    20     temperature       2 bytes, bit 15 the sign, 0.01 °C
    22     air pressure      2 bytes, Pa above 65535
    24     humidity          1 byte, 0.5 %
    25     gas resistance    3 bytes, Ω, of the VOC sensor
    28     noise             1 byte, 0.5 dBA
    29     four gas sensors  1 byte which gas, 3 bytes 0.001 ppm, bit 23 the sign
    45     PM1               1 byte, µg/m³ less than PM2.5
    46     PM2.5             2 bytes, µg/m³
    48     PM10              1 byte, µg/m³ more than PM2.5
    49     CRC               1 byte, whose polynomial is not documented, so it is not checked

Gases: 2a O3, 2b SO2, 2c NO2, 04 CO, 03 H2S, 02 NH3. Chlorine (31) is passed over, the vocabulary has none; so is any
other, and a position, whose code is told in two ways. A concentration below 0, the noise of the cell around its zero,
is impossible and becomes absent.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage, WrongLength
from decoders.bits import u16_be, u24_be, u32_be
from decoders.uradmonitor.protocol import pressure, temperature

_LENGTH = 50
_KIND = 0x14
_SIGN = 0x80_0000
_SENSORS = (29, 33, 37, 41)

_GASES = {
    0x2A: "o3_fraction",
    0x2B: "so2_fraction",
    0x2C: "no2_fraction",
    0x04: "co_fraction",
    0x03: "h2s_fraction",
    0x02: "nh3_fraction",
}


def _gases(payload: bytes) -> list[Reading]:
    found: dict[str, Reading] = {}
    for at in _SENSORS:
        quantity = _GASES.get(payload[at])
        if quantity is not None:
            raw = u24_be(payload, at + 1)
            found[quantity] = Reading(quantity, float(-(raw & ~_SIGN) if raw & _SIGN else raw))
    return list(found.values())


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if len(payload) != _LENGTH:
        raise WrongLength(f"{len(payload)} bytes; the frame has {_LENGTH}")
    if payload[0] != _KIND:
        raise UnknownMessage(f"device id begins with {payload[0]:02x}; that of an INDUSTRIAL with {_KIND:02x}")
    fine = u16_be(payload, 46)
    return Decoded(
        (
            Reading("uptime", float(u32_be(payload, 6))),
            Reading("air_temperature", temperature(payload, 20)),
            Reading("pressure", pressure(payload, 22)),
            Reading("humidity", payload[24] / 2),
            Reading("gas_resistance", float(u24_be(payload, 25))),
            Reading("la", payload[28] / 2),
            *_gases(payload),
            Reading("pm1", float(fine - payload[45])),
            Reading("pm2_5", float(fine)),
            Reading("pm10", float(fine + payload[48])),
        )
    )


DECODER = Decoder(
    vendor="uRADMonitor",
    model="Industrial",
    ports=ANY_PORT,
    quantities=(
        *("pm2_5", "pm1", "pm10", *_GASES.values()),
        *("air_temperature", "humidity", "pressure", "gas_resistance", "la", "uptime"),
    ),
    decode=_decode,
    aliases=("Model Industrial",),
    verified=True,
    differs=("The maker's decoder adds an air quality index that it computes; what is not measured is not told.",),
)
