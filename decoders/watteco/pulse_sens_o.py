"""Watteco Pulse Sens'O: three pulse counters for water, gas or electricity meters; a sister is ATEX.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/pulse_sens'o,
pulse_sens'o_atex. FPort 125. The frame is described in `protocol`. Cluster and attribute, data:

    000f/0055  contact   1 byte; endpoint 0 is input 1
    000f/0402  pulses    4 bytes; endpoint 0 is input 1
    8005/0000  contacts  2 bytes, bit 0 is input 1
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoder
from decoders.watteco.protocol import INDEX, PORT, STATE, STATES, of, state, states, u32

_FIRST = Decoder(
    vendor="Watteco",
    model="Pulse Sens'O",
    ports=(PORT,),
    quantities=("pulses", "input", "battery_voltage", "supply_voltage"),
    decode=of(
        {
            INDEX: u32(*(("pulses", line) for line in (1, 2, 3))),
            STATE: state(*(("input", line) for line in (1, 2, 3))),
            STATES: states(3),
        }
    ),
    wraps={"pulses": 2**32},
    aliases=("NKE Watteco Pulse Sens'O",),
    verified=True,
)

DECODERS = (
    _FIRST,
    replace(_FIRST, model="Pulse Sens'O Atex", aliases=("NKE Watteco Pulse Sens'O Atex",)),
)
