"""Watteco Lev'O: a level probe with a 4-20 mA loop or a voltage output.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/lev'o. FPort
125. The frame is described in `protocol`. Cluster and attribute, data:

    000c/0055  endpoint 0, loop current   4 bytes, floating point, mA
               endpoint 1, input voltage  4 bytes, floating point, V, of 0-10 V
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import ANALOG, PORT, f32, of

DECODER = Decoder(
    vendor="Watteco",
    model="Lev'O",
    ports=(PORT,),
    quantities=("loop_current", "input_voltage", "battery_voltage", "supply_voltage"),
    decode=of({ANALOG: f32(("loop_current", 0), ("input_voltage", 0))}),
    aliases=("NKE Watteco Lev'O",),
    verified=True,
)
