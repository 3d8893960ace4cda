"""Browan TBAM100 (Tabs Ambient Light Sensor): the light in a room.

Source: TheThingsNetwork/lorawan-devices, vendor/browan, tbam100-codec.yaml and tbam100.js. FPort 104, 6 bytes, least
significant first; the first three are in `protocol`:

    0  bit 0 darker, 1 lighter, 4 status changed, 5 keep-alive    3-5  light, 0.01 lx
"""

from __future__ import annotations

from decoders.base import Decoder, Reading
from decoders.bits import u24_le
from decoders.browan.protocol import reader, temperature


def _read(payload: bytes) -> tuple[Reading, ...]:
    light = Reading("illuminance", u24_le(payload, 3) / 100)
    return (light, temperature("device_temperature", payload[2]))


DECODER = Decoder(
    vendor="Browan",
    model="TBAM100",
    ports=(104,),
    quantities=("illuminance", "device_temperature", "battery_voltage"),
    decode=reader(_read, 6),
    aliases=("Tabs Ambient Light Sensor",),
    verified=True,
)
