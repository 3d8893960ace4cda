"""MClimate Flood Sensor: water on the floor.

Source: TheThingsNetwork/lorawan-devices, vendor/mclimate, flood-sensor-codec.yaml and flood-sensor.js; reason 4 from
akenza-io/device-type-library, types/mclimate/floodSensor. 2 or 3 bytes:

    0  bits 7-5 reason (0 keep-alive, 1 test button, 2 flood, 3 and 4 fraud), bit 3 box opened, bit 1 flood
    1  battery, 16 mV for each
    2  temperature, °C (the long form)
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder, OutOfRange, Reading, WrongLength
from decoders.mclimate.protocol import PORT

_SHORT, _LONG = 2, 3
_LAST_REASON = 4
_TAMPER, _FLOOD = 0x08, 0x02


def _decode(payload: bytes, _f_port: int) -> Decoded:
    length = len(payload)
    if length not in {_SHORT, _LONG}:
        raise WrongLength(f"{length} bytes; a message has {_SHORT} or {_LONG}")
    flags = payload[0]
    if flags >> 5 > _LAST_REASON:
        raise OutOfRange(f"reason {flags >> 5}; 0 to {_LAST_REASON} are defined")
    values = (
        Reading("leak", float(flags & _FLOOD != 0)),
        Reading("tamper", float(flags & _TAMPER != 0)),
        Reading("battery_voltage", payload[1] * 16 / 1000),
    )
    if length == _LONG:
        return Decoded((*values, Reading("device_temperature", float(payload[2]))))
    return Decoded(values)


DECODER = Decoder(
    vendor="MClimate",
    model="Flood Sensor",
    ports=PORT,
    quantities=("leak", "tamper", "battery_voltage", "device_temperature"),
    decode=_decode,
    aliases=("MClimate Flood",),
    verified=True,
)
