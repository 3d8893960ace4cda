"""PNI PlacePod: a magnetic sensor in a parking space, or in a driveway, where it counts vehicles.

Source: tago-io/decoders, connector/pni; akenza-io/device-type-library, types/pnicorp/placePod, decoder and its test.
Both give channels and data; PNI's Communications Protocol was not at hand, and the types other than 66 (and 00 of
channel 37) are those that Cayenne LPP has for such data. On any port, fields of channel, type and data, most
significant byte first; an empty payload is sent at start-up:

    01 01  recalibrated    1 byte          1c 01  deactivated       1 byte
    02 67  temperature     2, 0.1 °C       21 00  vehicle count     1; 80 is no count but a recalibration
    03 02  battery         2, 0.01 V       37 66  keep-alive        1, parking status again
    15 66  parking status  1, 1 is occ.    37 00  keep-alive        1, vehicle count again
                                           3f 01  rebooted          1

Channels 05 and 06 are the maker's own, of no length that is told: they are refused as unknown.

The vehicle count is passed over: the sources do not say whether it is a total, and where it begins again.
"""

from __future__ import annotations

from decoders.base import ANY_PORT, Decoded, Decoder, OutOfRange, Reading, UnknownMessage, WrongLength
from decoders.bits import i16_be, u16_be

_TEMPERATURE, _BATTERY, _STATUS, _KEEP_ALIVE, _REBOOTED = 0x0267, 0x0302, 0x1566, 0x3766, 0x3F01
_LENGTHS = {
    0x0101: 1, _TEMPERATURE: 2, _BATTERY: 2, _STATUS: 1, 0x1C01: 1, 0x2100: 1, 0x3700: 1,
    _KEEP_ALIVE: 1, _REBOOTED: 1,
}  # fmt: skip
_HEADER = 2


def _field(payload: bytes, key: int, at: int) -> Reading | None:
    if key in {_STATUS, _KEEP_ALIVE}:
        if payload[at] > 1:
            raise OutOfRange(f"parking status {payload[at]:02x} at position {at}; 00 and 01 are defined")
        return Reading("parking_occupied", float(payload[at]))
    if key == _TEMPERATURE:
        return Reading("device_temperature", i16_be(payload, at) / 10)
    if key == _BATTERY:
        return Reading("battery_voltage", u16_be(payload, at) / 100)
    return Reading("restart", 1.0) if key == _REBOOTED else None


def _decode(payload: bytes, _f_port: int) -> Decoded:
    found: dict[str, Reading] = {}
    position, end = 0, len(payload)
    while position < end:
        start = position + _HEADER
        if start > end:
            raise WrongLength(f"a single byte at position {position}, where channel and type are expected")
        key = u16_be(payload, position)
        if key not in _LENGTHS:
            raise UnknownMessage(f"unknown channel and type {key:04x} at position {position}")
        position = start + _LENGTHS[key]
        if position > end:
            raise WrongLength(f"channel and type {key:04x} at position {start - _HEADER}: the data is cut")
        reading = _field(payload, key, start)
        if reading is not None:
            found[reading.quantity] = reading
    return Decoded(tuple(found.values()))


DECODER = Decoder(
    vendor="PNI",
    model="PlacePod",
    ports=ANY_PORT,
    quantities=("parking_occupied", "device_temperature", "battery_voltage", "restart"),
    decode=_decode,
    aliases=("PlacePod Parking Sensor", "PlacePod Surface Mount", "PlacePod In-Ground"),
    verified=True,
)
