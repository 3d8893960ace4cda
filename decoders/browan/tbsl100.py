"""Browan TBSL100 (Tabs Sound Level Sensor): how loud it is in a room.

Source: Browan TBSL100 Reference Manual, BQW_02_0011.001, chapter 2; TheThingsNetwork/lorawan-devices, vendor/browan,
tbsl100-codec.yaml and tbsl100.js. FPort 105, 4 bytes; the first three are in `protocol`:

    0  bit 0 over the threshold    3  sound, dBA

Its microphone is specified for 60 to 100 dBA; the maker's own example has 40.
"""

from __future__ import annotations

from decoders.base import Decoder, Reading
from decoders.browan.protocol import reader, temperature


def _read(payload: bytes) -> tuple[Reading, ...]:
    return (
        Reading("la", float(payload[3])),
        Reading("alarm", float(payload[0] & 1)),
        temperature("device_temperature", payload[2]),
    )


DECODER = Decoder(
    vendor="Browan",
    model="TBSL100",
    ports=(105,),
    quantities=("la", "alarm", "device_temperature", "battery_voltage"),
    decode=reader(_read, 4),
    aliases=("Tabs Sound Level Sensor",),
    verified=True,
)
