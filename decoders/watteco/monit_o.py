"""Watteco Monit'O: a 0-100 mV input, for shunts, and a 0-70 V input.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/monit'o. FPort
125. The frame is described in `protocol`. Cluster and attribute, data:

    000c/0055  endpoint 0  4 bytes, floating point, mV, of 0-100 mV
               endpoint 1  4 bytes, floating point, of 0-70 V; not reported: the maker's codec calls the unit mV,
                           its examples look like V
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import ANALOG, PORT, f32, of

DECODER = Decoder(
    vendor="Watteco",
    model="Monit'O",
    ports=(PORT,),
    quantities=("input_voltage", "battery_voltage", "supply_voltage"),
    decode=of({ANALOG: f32(("input_voltage", 0), None, divisor=1000)}),
    aliases=("NKE Watteco Monit'O",),
    verified=True,
    differs=("The 0-70 V input: not reported, because the maker's documents contradict themselves on its unit.",),
)
