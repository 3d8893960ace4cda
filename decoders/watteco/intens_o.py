"""Watteco Intens'O: current in a cable, by a clamp around it.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/intens'o. FPort
125. The frame is described in `protocol`. Cluster and attribute, data:

    000c/0055  current  4 bytes, floating point, A, RMS
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import ANALOG, PORT, f32, of

DECODER = Decoder(
    vendor="Watteco",
    model="Intens'O",
    ports=(PORT,),
    quantities=("current", "battery_voltage", "supply_voltage"),
    decode=of({ANALOG: f32(("current", 0))}),
    aliases=("NKE Watteco Intens'O",),
    verified=True,
)
