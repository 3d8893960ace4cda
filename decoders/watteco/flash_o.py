"""Watteco Flash'O: counts the flashes of an electricity meter.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/flash'o. FPort
125. The frame is described in `protocol`. Cluster and attribute, data:

    000f/0402  pulses   4 bytes
    000f/0055  contact  1 byte, the light at the moment
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import INDEX, PORT, STATE, of, state, u32

DECODER = Decoder(
    vendor="Watteco",
    model="Flash'O",
    ports=(PORT,),
    quantities=("pulses", "input", "battery_voltage", "supply_voltage"),
    decode=of(
        {
            INDEX: u32(("pulses", 0)),
            STATE: state(("input", 0)),
        }
    ),
    wraps={"pulses": 2**32},
    aliases=("NKE Watteco Flash'O",),
    verified=True,
)
