"""Watteco In'O: ten contacts with pulse counters, four outputs.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/in'o. FPort 125.
The frame is described in `protocol`. Cluster and attribute, data:

    8005/0000  contacts  2 bytes, bit 0 is input 1
    000f/0055  contact   1 byte; endpoint 0 is input 1
    000f/0402  pulses    4 bytes; endpoint 0 is input 1
    0006/0000  output    1 byte; endpoint 0 is output 1
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import INDEX, ON_OFF, PORT, STATE, STATES, of, state, states, u32

DECODER = Decoder(
    vendor="Watteco",
    model="In'O",
    ports=(PORT,),
    quantities=("input", "pulses", "output", "battery_voltage", "supply_voltage"),
    decode=of(
        {
            STATES: states(10),
            STATE: state(*(("input", line) for line in range(1, 11))),
            INDEX: u32(*(("pulses", line) for line in range(1, 11))),
            ON_OFF: state(*(("output", line) for line in range(1, 5))),
        }
    ),
    wraps={"pulses": 2**32},
    aliases=("NKE Watteco In'O",),
    verified=True,
)
