"""Watteco Clos'O: door or window contact.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/clos'o. FPort
125. The frame is described in `protocol`. Cluster and attribute, data:

    000f/0055  endpoint 0, case      1 byte, 1 is opened
               endpoint 1, door      1 byte, 1 is open
    000f/0402  endpoint 0            4 bytes; how often the case was opened is not reported
               endpoint 1, openings  4 bytes
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import INDEX, PORT, STATE, of, state, u32

DECODER = Decoder(
    vendor="Watteco",
    model="Clos'O",
    ports=(PORT,),
    quantities=("door_open", "door_count", "tamper", "battery_voltage", "supply_voltage"),
    decode=of(
        {
            STATE: state(("tamper", 0), ("door_open", 0)),
            INDEX: u32(None, ("door_count", 0)),
        }
    ),
    wraps={"door_count": 2**32},
    aliases=("NKE Watteco Clos'O",),
    verified=True,
)
