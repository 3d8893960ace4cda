"""Browan TBDW100 (Tabs Door & Window Sensor): whether a door or a window is open, by a magnet.

Source: TheThingsNetwork/lorawan-devices, vendor/browan, tbdw100-codec.yaml and tbdw100.js; that bit 0 set is open from
akenza-io/device-type-library, types/browan/TBDW100. FPort 100, 8 bytes, least significant first; the first three are in
`protocol`:

    0  bit 0 open    3-4  time since the last event, not told    5-7  events, total
"""

from __future__ import annotations

from decoders.base import Decoder, Reading
from decoders.bits import u24_le
from decoders.browan.protocol import reader, temperature


def _read(payload: bytes) -> tuple[Reading, ...]:
    return (
        Reading("door_open", float(payload[0] & 1)),
        Reading("door_count", float(u24_le(payload, 5))),
        temperature("device_temperature", payload[2]),
    )


DECODER = Decoder(
    vendor="Browan",
    model="TBDW100",
    ports=(100,),
    quantities=("door_open", "door_count", "device_temperature", "battery_voltage"),
    decode=reader(_read, 8),
    wraps={"door_count": 2**24},
    aliases=("Tabs Door & Window Sensor",),
    verified=True,
)
