"""Watteco Toran'O Atex: a 4-20 mA loop, voltage inputs and three pulse counters for explosive atmospheres.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/toran'o_atex.
FPort 125. The frame is described in `protocol`. Cluster and attribute, data:

    000c/0055  endpoint 0, loop current     4 bytes, floating point, mA
               endpoints 1 to 4, voltage    4 bytes, floating point, V; 1 and 2 are the 0-5 V inputs,
                                            3 and 4 the ratiometric 0-5 V inputs
    000f/0055  contact   1 byte; endpoint 0 is input 1
    000f/0402  pulses    4 bytes; endpoint 0 is input 1
    8005/0000  contacts  2 bytes, bit 0 is input 1
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import ANALOG, INDEX, PORT, STATE, STATES, f32, of, state, states, u32

DECODER = Decoder(
    vendor="Watteco",
    model="Toran'O Atex",
    ports=(PORT,),
    quantities=("loop_current", "input_voltage", "pulses", "input", "battery_voltage", "supply_voltage"),
    decode=of(
        {
            ANALOG: f32(("loop_current", 0), *(("input_voltage", line) for line in (1, 2, 3, 4))),
            INDEX: u32(*(("pulses", line) for line in (1, 2, 3))),
            STATE: state(*(("input", line) for line in (1, 2, 3))),
            STATES: states(3),
        }
    ),
    wraps={"pulses": 2**32},
    aliases=("NKE Watteco Toran'O Atex",),
    verified=True,
)
