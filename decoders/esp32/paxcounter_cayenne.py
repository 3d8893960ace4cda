"""ESP32 Paxcounter Cayenne: the open firmware that counts devices around it, built to send Cayenne LPP with channels.

Source: cyberman54/ESP32-Paxcounter, src/payload.h and src/payload.cpp (encoder 3). FPort 1; fields of channel, type and
data, most significant byte first:

    15 65  Wi-Fi           2 bytes         1a 67  temperature  2, signed, 0.1 °C
    16 65  Bluetooth       2               1d 68  humidity     1, 0.5 %
    14 88  position        9: latitude, longitude (0.0001°), altitude (0.01 m), three bytes each, signed
    17 02  battery         2, 0.01 V       1e 73  pressure     2, 0.1 hPa
    18 00  button          1               1f 65  index of air quality   2
    19 00  ADR setting     1               20 65, 21 65  PM10 and PM2.5  2 each, 0.1 µg/m³

Channel 1a is the air's where humidity or pressure comes with it, and the chip's where not. Encoder 4 leaves the
channels away and sends on FPort 2: which count is Wi-Fi and which is Bluetooth cannot be told, and it is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import Absent, Decoded, Decoder, Reading, Reason, UnknownMessage, UnsupportedMessage, WrongLength
from decoders.bits import i16_be, u16_be, u24_be

if TYPE_CHECKING:
    from collections.abc import Callable

_PORT, _WITHOUT_CHANNELS = 1, 2
_HEADER = 2
_TEMPERATURE, _HUMIDITY, _POSITION = 0x1A67, 0x1D68, 0x1488


def _u16(quantity: str, divisor: int = 1) -> Callable[[bytes, int], tuple[Reading, ...]]:
    return lambda payload, at: (Reading(quantity, u16_be(payload, at) / divisor),)


def _byte(quantity: str, divisor: int = 1) -> Callable[[bytes, int], tuple[Reading, ...]]:
    return lambda payload, at: (Reading(quantity, payload[at] / divisor),)


def _i24(payload: bytes, at: int) -> int:
    return (u24_be(payload, at) ^ 0x80_0000) - 0x80_0000


def _position(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (
        Reading("latitude", _i24(payload, at) / 10000),
        Reading("longitude", _i24(payload, at + 3) / 10000),
        Reading("altitude", _i24(payload, at + 6) / 100),
    )


def _temperature(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (Reading("device_temperature", i16_be(payload, at) / 10),)


def _nothing(_payload: bytes, _at: int) -> tuple[Reading, ...]:
    return ()


_FIELDS: dict[int, tuple[int, Callable[[bytes, int], tuple[Reading, ...]]]] = {
    0x1565: (2, _u16("wifi_devices")),
    0x1665: (2, _u16("ble_devices")),
    _POSITION: (9, _position),
    0x1702: (2, _u16("battery_voltage", 100)),
    0x1800: (1, _byte("button")),
    0x1900: (1, _nothing),
    _TEMPERATURE: (2, _temperature),
    _HUMIDITY: (1, _byte("humidity", 2)),
    0x1E73: (2, _u16("pressure", 10)),
    0x1F65: (2, _u16("iaq")),
    0x2065: (2, _u16("pm10", 10)),
    0x2165: (2, _u16("pm2_5", 10)),
}
_NOT_ZERO = {"battery_voltage", "humidity", "iaq"}


def _walk(payload: bytes) -> tuple[dict[str, Reading], list[Absent]]:
    found: dict[str, Reading] = {}
    absent: list[Absent] = []
    position, end = 0, len(payload)
    while position < end:
        start = position + _HEADER
        if start > end:
            raise WrongLength(f"a single byte at position {position}, where channel and type are expected")
        field = _FIELDS.get(payload[position] << 8 | payload[position + 1])
        if field is None:
            raise UnknownMessage(f"unknown channel and type {payload[position:start].hex()} at position {position}")
        length, read = field
        position = start + length
        if position > end:
            raise WrongLength(f"the field at position {start - _HEADER} is cut")
        for reading in read(payload, start):
            if reading.value or reading.quantity not in _NOT_ZERO:
                found[reading.quantity] = reading
            else:
                absent.append(Absent(reading.quantity, Reason.NOT_AVAILABLE))
    return found, absent


def _decode(payload: bytes, f_port: int) -> Decoded:
    if f_port == _WITHOUT_CHANNELS:
        raise UnsupportedMessage("Cayenne LPP without channels (FPort 2): which count is which cannot be told")
    if not payload:
        raise WrongLength("empty payload")
    found, absent = _walk(payload)
    if "device_temperature" in found and ("humidity" in found or "pressure" in found):
        chip = found.pop("device_temperature")
        found["air_temperature"] = Reading("air_temperature", chip.value)
    return Decoded(tuple(found.values()), tuple(absent))


DECODER = Decoder(
    vendor="ESP32",
    model="Paxcounter Cayenne",
    ports=(_PORT, _WITHOUT_CHANNELS),
    quantities=(
        "wifi_devices", "ble_devices", "air_temperature", "pressure", "humidity", "iaq", "pm10", "pm2_5",
        "battery_voltage", "device_temperature", "button", "latitude", "longitude", "altitude",
    ),
    decode=_decode,
)  # fmt: skip
