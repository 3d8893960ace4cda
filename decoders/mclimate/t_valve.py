"""MClimate T-Valve: closes a water pipe, and sees water on the floor.

Source: TheThingsNetwork/lorawan-devices, vendor/mclimate, t-valve-codec.yaml and t-valve.js. That bit 7 set is open
is how intelligent-farming/lorawan-codec-normalization reads it. The length says which:

    2 bytes  keep-alive: water (0.5 °C); bit 7 valve open, bits 6-0 ambient, half degrees over -10 °C
    5 bytes  event: bits 7-5 reason (0 keep-alive, 1 test button, 2 flood, 3 control button, 4 fraud), bit 3 box opened,
             bit 2 wire, bit 1 flood, bit 0 magnet; bit 7 alarm validated, 6 opened and 5 closed by hand; time to close;
             time to open; battery, 1.6 V and 8 mV for each

The times are settings of the motor and not told.
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder, OutOfRange, Reading, WrongLength
from decoders.mclimate.protocol import PORT, voltage

_KEEP_ALIVE, _EVENT = 2, 5
_LAST_REASON = 4
_OPEN, _AMBIENT = 0x80, 0x7F
_TAMPER, _FLOOD = 0x08, 0x02


def _keep_alive(payload: bytes) -> Decoded:
    return Decoded(
        (
            Reading("valve", float(payload[1] & _OPEN != 0)),
            Reading("water_temperature", payload[0] / 2),
            Reading("air_temperature", ((payload[1] & _AMBIENT) - 20) / 2),
        )
    )


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if len(payload) == _KEEP_ALIVE:
        return _keep_alive(payload)
    if len(payload) != _EVENT:
        raise WrongLength(f"{len(payload)} bytes; a keep-alive has {_KEEP_ALIVE}, an event {_EVENT}")
    flags = payload[0]
    if flags >> 5 > _LAST_REASON:
        raise OutOfRange(f"reason {flags >> 5}; 0 to {_LAST_REASON} are defined")
    return Decoded(
        (
            Reading("leak", float(flags & _FLOOD != 0)),
            Reading("tamper", float(flags & _TAMPER != 0)),
            voltage(payload[4]),
        )
    )


DECODER = Decoder(
    vendor="MClimate",
    model="T-Valve",
    ports=PORT,
    quantities=("valve", "water_temperature", "air_temperature", "leak", "tamper", "battery_voltage"),
    decode=_decode,
    verified=True,
)
