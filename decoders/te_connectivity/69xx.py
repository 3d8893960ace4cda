# ruff: noqa: N999  (the name of the device begins with a digit)
"""TE Connectivity 69xx: wireless pressure transducer for pipes.

Source: the maker's decoder and its example (TheThingsNetwork/lorawan-devices, vendor/te-connectivity). FPort 10, 12
bytes, most significant byte first:

    0..1   device type: 1321 is pressure, in bar, as a floating point number
    2..3   message counter
    4      status: bit 7 sensor error, 6 configuration error, 5 another error, 4 condition, 3 preliminary phase
    5      battery, %
    6..7   temperature in the device, signed, 0.01 °C
    8..11  pressure, bar, floating point

The types 1222 and 1422 are temperature and humidity sensors of the same family. Answers come on other ports.
"""

from __future__ import annotations

from decoders.base import Absent, Decoded, Decoder, Reading, Reason, UnknownMessage, UnsupportedMessage, WrongLength
from decoders.bits import f32_be, i16_be, u16_be

_SIZE = 12
_PRESSURE, _SISTERS = 0x1321, {0x1222, 0x1422}
_ERROR = 0x80


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if len(payload) != _SIZE:
        raise WrongLength(f"{len(payload)} bytes; {_SIZE} are expected")
    kind = u16_be(payload, 0)
    if kind in _SISTERS:
        raise UnsupportedMessage(f"device type {kind:04x}: a temperature or humidity sensor, not this model")
    if kind != _PRESSURE:
        raise UnknownMessage(f"device type {kind:04x}")
    failed = payload[4] & _ERROR != 0
    readings = (
        Reading("battery", float(payload[5])),
        Reading("device_temperature", i16_be(payload, 6) / 100),
        Reading("sensor_fault", float(failed)),
    )
    if failed:
        return Decoded(readings, (Absent("water_pressure", Reason.DEVICE_ERROR),))
    return Decoded((Reading("water_pressure", f32_be(payload, 8)), *readings))


DECODER = Decoder(
    vendor="TE Connectivity",
    model="69xx",
    ports=(10,),
    quantities=("water_pressure", "device_temperature", "sensor_fault", "battery"),
    decode=_decode,
    aliases=("69XXN",),
    verified=True,
)
