"""uRADMonitor A3: air quality of rooms, HW107 and HW108.

Source: comments of the maker's decoder, TheThingsNetwork/lorawan-devices, vendor/uradmonitor/a3.js. 32 bytes on any
FPort, most significant byte first:

    0      device id         4 bytes, the first is 82 on an A3
    4, 5   hardware, firmware version
    6      time since start  4 bytes, s
    10     temperature       2 bytes, bit 15 the sign, 0.01 °C
    12     air pressure      2 bytes, Pa above 65535
    14     humidity          1 byte, 0.5 %
    15     gas resistance    3 bytes, Ω, of the VOC sensor
    18     noise             1 byte, 0.5 dBA
    19     CO2               2 bytes, ppm
    21     formaldehyde      2 bytes, ppb
    23     ozone             2 bytes, ppb
    25     PM1, PM2.5, PM10  2 bytes each, µg/m³
    31     CRC               1 byte, whose polynomial is not documented, so it is not checked

The maker's air quality index is computed in its decoder, not measured, and left out. Averaging of the noise is not
documented; it is told as the instantaneous level. No sentinel is documented.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage, WrongLength
from decoders.bits import u16_be, u24_be, u32_be
from decoders.uradmonitor.protocol import pressure, temperature

_LENGTH = 32
_KIND = 0x82

_WORDS = (
    ("co2", 19),
    ("hcho_fraction", 21),
    ("o3_fraction", 23),
    ("pm1", 25),
    ("pm2_5", 27),
    ("pm10", 29),
)


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if len(payload) != _LENGTH:
        raise WrongLength(f"{len(payload)} bytes; the frame has {_LENGTH}")
    if payload[0] != _KIND:
        raise UnknownMessage(f"device id begins with {payload[0]:02x}; that of an A3 with {_KIND:02x}")
    return Decoded(
        (
            *(Reading(quantity, float(u16_be(payload, at))) for quantity, at in _WORDS),
            Reading("uptime", float(u32_be(payload, 6))),
            Reading("air_temperature", temperature(payload, 10)),
            Reading("pressure", pressure(payload, 12)),
            Reading("humidity", payload[14] / 2),
            Reading("gas_resistance", float(u24_be(payload, 15))),
            Reading("la", payload[18] / 2),
        )
    )


DECODER = Decoder(
    vendor="uRADMonitor",
    model="A3",
    ports=ANY_PORT,
    quantities=(
        *("pm2_5", "pm1", "pm10", "co2", "hcho_fraction", "o3_fraction"),
        *("air_temperature", "humidity", "pressure", "gas_resistance", "la", "uptime"),
    ),
    decode=_decode,
    aliases=("Model A3",),
    verified=True,
    differs=("The maker's decoder adds an air quality index that it computes; what is not measured is not told.",),
)
