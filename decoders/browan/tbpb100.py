"""Browan TBPB100 (Tabs Push Button): a button.

Source: TheThingsNetwork/lorawan-devices, vendor/browan, tbpb100-codec.yaml and tbpb100.js. FPort 147, 8 bytes; the
first three are in `protocol`:

    0  bit 0 pressed    3-7  times and counters, laid out in no document at hand: not told
"""

from __future__ import annotations

from decoders.base import Decoder, Reading
from decoders.browan.protocol import reader, temperature


def _read(payload: bytes) -> tuple[Reading, ...]:
    return (Reading("button", float(payload[0] & 1)), temperature("device_temperature", payload[2]))


DECODER = Decoder(
    vendor="Browan",
    model="TBPB100",
    ports=(147,),
    quantities=("button", "device_temperature", "battery_voltage"),
    decode=reader(_read, 8),
    verified=True,
)
