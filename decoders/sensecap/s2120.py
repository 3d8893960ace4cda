"""SenseCAP S2120: weather station, eight in one.

Source: Seeed, SenseCAP S2120 user guide, 10.2 and 10.3; TheThingsNetwork/lorawan-devices,
vendor/sensecap/sensecap2120-8-in-1-decoder. Frames one after another on any FPort, most significant byte first:

    01  2 bytes temperature, signed, 0.1 °C; 1 byte humidity, %; 4 bytes illuminance, lx; 1 byte UV index, 0.1;
        2 bytes wind speed, 0.1 m/s
    02  2 bytes wind direction, °; 4 bytes rain of the hour, 0.001 mm/h; 2 bytes air pressure, 0.1 hPa
    03  1 byte battery
    04  1 byte battery; 4 bytes versions; 2 bytes report interval, min; 2 bytes of GPS, reserved
    05  2 bytes report interval, min; 2 bytes of GPS, reserved
    06  1 byte error of the station: 0 none
    10  9 bytes: which sensor is connected
    4a  as 01, 4b as 02: firmware 2.0 and newer
    4c  2 bytes wind gust, 0.1 m/s; 4 bytes rain since the start, 0.001 mm

The battery has two states only, 0 and 100, so it is told as `battery_low`. Guide and decoder take the wind speed, the
light and the UV index unsigned and signed in turn; unsigned is what can be. After an error (06) values of the station
that follow are sent all the same; the error itself is told as a fault of the sensor. Frames 4a to 4c are newer than the
maker's decoder there; they are read as in tago-io/decoders, seeed, S2120, which names the maker's measurement ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder, Reading, UnknownMessage, WrongLength
from decoders.bits import i16_be, u16_be, u32_be

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS = 60


def _air(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (
        Reading("air_temperature", i16_be(payload, at) / 10),
        Reading("humidity", float(payload[at + 2])),
        Reading("illuminance", float(u32_be(payload, at + 3))),
        Reading("uv_index", payload[at + 7] / 10),
        Reading("wind_speed", u16_be(payload, at + 8) / 10),
    )


def _rest(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (
        Reading("wind_direction", float(u16_be(payload, at))),
        Reading("rain_rate", u32_be(payload, at + 2) / 1000),
        Reading("pressure", u16_be(payload, at + 6) / 10),
    )


def _gust(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (
        Reading("wind_gust", u16_be(payload, at) / 10),
        Reading("rain_total", u32_be(payload, at + 2) / 1000),
    )


def _battery(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (Reading("battery_low", float(payload[at] == 0)),)


def _state(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (*_battery(payload, at), *_interval(payload, at + 5))


def _interval(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (Reading("report_interval", float(u16_be(payload, at) * _SECONDS)),)


def _error(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (Reading("sensor_fault", float(payload[at] != 0)),)


def _sensor(_payload: bytes, _at: int) -> tuple[Reading, ...]:
    return ()


_FRAMES: dict[int, tuple[int, Callable[[bytes, int], tuple[Reading, ...]]]] = {
    0x01: (10, _air),
    0x02: (8, _rest),
    0x03: (1, _battery),
    0x04: (9, _state),
    0x05: (4, _interval),
    0x06: (1, _error),
    0x10: (9, _sensor),
    0x4A: (10, _air),
    0x4B: (8, _rest),
    0x4C: (6, _gust),
}


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if not payload:
        raise WrongLength("empty payload")
    found: dict[str, Reading] = {}
    position, end = 0, len(payload)
    while position < end:
        frame = _FRAMES.get(payload[position])
        if frame is None:
            raise UnknownMessage(f"unknown frame {payload[position]:02x} at position {position}")
        length, read = frame
        start = position + 1
        position = start + length
        if position > end:
            raise WrongLength(
                f"frame {payload[start - 1]:02x} at position {start - 1} needs {position - end} more bytes"
            )
        for reading in read(payload, start):
            found[reading.quantity] = reading
    return Decoded(tuple(found.values()))


DECODER = Decoder(
    vendor="SenseCAP",
    model="S2120",
    ports=ANY_PORT,
    quantities=(
        *("wind_speed", "wind_gust", "wind_direction", "rain_rate", "rain_total", "air_temperature", "humidity"),
        *("pressure", "illuminance", "uv_index", "battery_low", "report_interval", "sensor_fault"),
    ),
    decode=_decode,
    wraps={"rain_total": 2**32 / 1000},
    aliases=("S2120 8-in-1",),
    verified=True,
    differs=(
        "The maker's decoder gives a battery of 0 or 100 %; as it has those two states only, told as battery_low.",
        "The maker's decoder takes light, wind speed and UV index as signed; they are unsigned here, as in the guide.",
    ),
)
