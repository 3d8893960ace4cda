"""Watteco Press'O: a 4-20 mA loop, a 0-10 V input and a contact.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/press'o. FPort
125. The frame is described in `protocol`. Cluster and attribute, data:

    000c/0055  endpoint 0, loop current   4 bytes, floating point, mA
               endpoint 1, input voltage  4 bytes, floating point, V, of 0-10 V
    000f/0055  contact  1 byte
    000f/0402  pulses   4 bytes
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import ANALOG, INDEX, PORT, STATE, f32, of, state, u32

DECODER = Decoder(
    vendor="Watteco",
    model="Press'O",
    ports=(PORT,),
    quantities=("loop_current", "input_voltage", "input", "pulses", "battery_voltage", "supply_voltage"),
    decode=of(
        {
            ANALOG: f32(("loop_current", 0), ("input_voltage", 0)),
            STATE: state(("input", 0)),
            INDEX: u32(("pulses", 0)),
        }
    ),
    wraps={"pulses": 2**32},
    aliases=("NKE Watteco Press'O",),
    verified=True,
)
