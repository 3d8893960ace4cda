"""Teneo CO2 Stoplicht: a traffic light for the air of a room: CO2, temperature, humidity.

Source: TheThingsNetwork/lorawan-devices, vendor/teneo-iot/co2-stoplicht-codec.yaml and co2-stoplicht.js.

    FPort 1    10 bytes, most significant first: battery (low 4 bits, 2 V + 0.1 V for each), reserved, CO2 (4, 0.01
               ppm), temperature (2, signed, 0.01 °C; 7f ff is none), humidity (2, 0.01 %)
    FPort 223  status of the device: no measurement
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder, Reading, WrongLength, gather
from decoders.bits import u32_be
from decoders.teneo.protocol import climate, voltage

_DATA, _STATUS = 1, 223
_LENGTH = 10


def _decode(payload: bytes, f_port: int) -> Decoded:
    if f_port == _STATUS:
        return Decoded(())
    if len(payload) != _LENGTH:
        raise WrongLength(f"{len(payload)} bytes; a measurement has {_LENGTH}")
    co2 = Reading("co2", u32_be(payload, 2) / 100)
    return gather((voltage(payload[0] & 0x0F), co2, *climate(payload, 6)))


DECODER = Decoder(
    vendor="Teneo",
    model="CO2 Stoplicht",
    ports=(_DATA, _STATUS),
    quantities=("co2", "air_temperature", "humidity", "battery_voltage"),
    decode=_decode,
    verified=True,
)
