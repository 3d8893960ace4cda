"""Aquascope FLO: water leak sensor; the WWD sends the same.

Source: TheThingsNetwork/lorawan-devices, vendor/aquascope, the codec and the examples of the WWD, which both share.

    FPort 10  0: bit 0 leak, bit 1 remote; 1 battery, %; 2..3 temperature, °C, most significant byte first
    FPort 16  the same, of which the first byte means nothing

The maker's codec weighs the temperature's first byte with 255 instead of 256; it is 0 for all that can be. Temperatures
below zero are not documented; what they would look like is not possible and so absent.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoded, Decoder, Reading, WrongLength
from decoders.bits import u16_be

_EVENT, _REGULAR = 10, 16
_SIZE = 4


def _decode(payload: bytes, f_port: int) -> Decoded:
    if len(payload) != _SIZE:
        raise WrongLength(f"{len(payload)} bytes; {_SIZE} are expected")
    common = (Reading("battery", float(payload[1])), Reading("device_temperature", float(u16_be(payload, 2))))
    return Decoded((Reading("leak", float(payload[0] & 1)), *common) if f_port == _EVENT else common)


_FLO = Decoder(
    vendor="Aquascope",
    model="FLO",
    ports=(_EVENT, _REGULAR),
    quantities=("leak", "battery", "device_temperature"),
    decode=_decode,
)
DECODERS = (_FLO, replace(_FLO, model="WWD", verified=True))
