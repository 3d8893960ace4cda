"""Browan TBMS100 (Tabs Motion Sensor): whether somebody is in a room.

Source: TheThingsNetwork/lorawan-devices, vendor/browan, tbms100-codec.yaml and tbms100.js. FPort 102, 8 bytes, least
significant first; the first three are in `protocol`:

    0  bit 0 occupied    3-4  time since the last event, 5-7  events, total: not told
"""

from __future__ import annotations

from decoders.base import Decoder, Reading
from decoders.browan.protocol import reader, temperature


def _read(payload: bytes) -> tuple[Reading, ...]:
    return (Reading("presence", float(payload[0] & 1)), temperature("device_temperature", payload[2]))


DECODER = Decoder(
    vendor="Browan",
    model="TBMS100",
    ports=(102,),
    quantities=("presence", "device_temperature", "battery_voltage"),
    decode=reader(_read, 8),
    aliases=("Tabs Motion Sensor",),
    verified=True,
)
