"""ESP32 Paxcounter: open firmware that counts the devices around it, by the Wi-Fi and Bluetooth that they send.

Source: cyberman54/ESP32-Paxcounter, docs/payloadformat.md and src/payload.cpp; TheThingsNetwork/lorawan-devices,
vendor/opensource/esp32-paxcounter-codec.yaml. Whoever builds it picks a format, which nothing in the payload tells:
"packed" (the default: least significant byte first) is `Paxcounter`, "plain" (most significant first) is
`Paxcounter plain`; Cayenne LPP is in `paxcounter_cayenne`.

    FPort 1  Wi-Fi (2 bytes), Bluetooth (2, missing where not scanned); then, where fitted, PM10 and PM2.5 of an SDS011
             (2 each, 0.1 µg/m³, packed only) or a position as on FPort 4; for opensensemap.org latitude and longitude
             come before the counts
          2  battery (2, mV, 0 is none), uptime (8, s), temperature of the chip (1, °C), free memory (4), cause of the
             last reset (1), restarts (4)
          4  latitude, longitude (4 each, millionths of a degree, signed), satellites (1), HDOP (2), altitude (2, m)
          5  button (1)
          7  temperature (2, signed), pressure (2), humidity (2), index of air quality (2); packed: 0.01 °C with the
             most significant byte first even here, 0.1 hPa, 0.01 %, 0.01; plain: whole °C, hPa, %, 1
          8  battery (2, mV, 0 is none)
    FPort 3 (settings) and 9 (the clock) have no measurement; 10 to 12 are laid out by the user.

A Wi-Fi count of 0 is also what is sent where Wi-Fi is not scanned. A chip that does not measure humidity or air quality
leaves them 0, which is told as absent.
"""

from __future__ import annotations

from dataclasses import replace
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from decoders.base import Absent, Decoded, Decoder, Reading, Reason, UnsupportedMessage, WrongLength

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SETTINGS, _CLOCK, _USER = 3, 9, range(10, 13)
_PORTS = (1, 2, _SETTINGS, 4, 5, 7, 8, _CLOCK, *_USER)

_NO_PROBE = Absent("battery_voltage", Reason.NOT_CONNECTED)
_NOT_ZERO = {"battery_voltage", "humidity", "iaq"}


class _Layout(NamedTuple):
    numbers: Struct
    fields: tuple[tuple[str, int], ...]
    """Quantity and divisor of each number; an empty quantity is passed over."""
    swapped: bool = False
    """The first two bytes are in the other order."""

    def read(self, payload: bytes) -> Decoded:
        if self.swapped:
            payload = payload[1::-1] + payload[2:]
        readings: list[Reading] = []
        absent: list[Absent] = []
        for raw, (quantity, divisor) in zip(self.numbers.unpack(payload), self.fields, strict=True):
            if not raw and quantity in _NOT_ZERO:
                absent.append(_NO_PROBE if quantity == _NO_PROBE.quantity else Absent(quantity, Reason.NOT_AVAILABLE))
            elif quantity:
                readings.append(Reading(quantity, raw / divisor))
        return Decoded(tuple(readings), tuple(absent))


_WIFI, _BLE, _SKIP, _BATTERY = ("wifi_devices", 1), ("ble_devices", 1), ("", 1), ("battery_voltage", 1000)
_PLACE = (("latitude", 10**6), ("longitude", 10**6))
_FIX = (*_PLACE, _SKIP, _SKIP, ("altitude", 1))
_STATUS = (_BATTERY, ("uptime", 1), ("device_temperature", 1), _SKIP, _SKIP, ("restart_count", 1))
_AIR = ("air_temperature", "pressure", "humidity", "iaq")


_ROWS: tuple[tuple[int, str, tuple[tuple[str, int], ...]], ...] = (
    (1, "H", (_WIFI,)),
    (1, "HH", (_WIFI, _BLE)),
    (1, "iiH", (*_PLACE, _WIFI)),
    (1, "iiHH", (*_PLACE, _WIFI, _BLE)),
    (1, "HiiBHh", (_WIFI, *_FIX)),
    (1, "HHiiBHh", (_WIFI, _BLE, *_FIX)),
    (2, "HQbIBI", _STATUS),
    (4, "ii", _PLACE),
    (4, "iiBHh", _FIX),
    (5, "B", (("button", 1),)),
    (8, "H", (_BATTERY,)),
)
"""FPort, numbers as `struct` writes them, fields."""


def _layouts(order: str) -> dict[tuple[int, int], _Layout]:
    """By port and length."""
    return {(port, Struct(order + code).size): _Layout(Struct(order + code), fields) for port, code, fields in _ROWS}


def _air(order: str, *divisors: int, swapped: bool = False) -> dict[tuple[int, int], _Layout]:
    return {(7, 8): _Layout(Struct(order + "hHHH"), tuple(zip(_AIR, divisors, strict=True)), swapped)}


def _reader(layouts: Mapping[tuple[int, int], _Layout]) -> Callable[[bytes, int], Decoded]:
    def decode(payload: bytes, f_port: int) -> Decoded:
        if f_port in {_SETTINGS, _CLOCK}:
            return Decoded(())
        if f_port in _USER:
            raise UnsupportedMessage(f"user sensor data (FPort {f_port}), laid out by whoever built the firmware")
        layout = layouts.get((f_port, len(payload)))
        if layout is None:
            raise WrongLength(f"{len(payload)} bytes: no message of FPort {f_port} has that length")
        return layout.read(payload)

    return decode


_DUST = {(1, 8): _Layout(Struct("<HHHH"), (_WIFI, _BLE, ("pm10", 10), ("pm2_5", 10)))}
_COMMON = (
    "wifi_devices", "ble_devices", *_AIR, "battery_voltage", "device_temperature", "uptime", "restart_count", "button",
    "latitude", "longitude", "altitude",
)  # fmt: skip

_PACKED = Decoder(
    vendor="ESP32",
    model="Paxcounter",
    ports=_PORTS,
    quantities=(*_COMMON, "pm10", "pm2_5"),
    decode=_reader(_layouts("<") | _air("<", 100, 10, 100, 100, swapped=True) | _DUST),
    wraps={"restart_count": 2**32},
    aliases=("Paxcounter packed",),
    verified=True,
    differs=(
        "The sum of Wi-Fi and Bluetooth (`pax`) is not told: a phone that sends both is counted twice in it.",
        "The example of the status has the uptime in the wrong half of its field; in full it is impossible: absent.",
    ),
)
_PLAIN = replace(
    _PACKED,
    model="Paxcounter plain",
    quantities=_COMMON,
    decode=_reader(_layouts(">") | _air(">", 1, 1, 1, 1)),
    aliases=(),
    verified=False,
    differs=(),
)

DECODERS = (_PACKED, _PLAIN)
