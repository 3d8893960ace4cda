"""Watteco Temp'O: air temperature.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/temp'o. FPort
125. The frame is described in `protocol`. Cluster and attribute, data:

    0402/0000  air temperature  2 bytes, signed, 0.01 °C
    000f/0055  case             1 byte, 1 is opened
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import PORT, STATE, TEMPERATURE, i16, of, state

DECODER = Decoder(
    vendor="Watteco",
    model="Temp'O",
    ports=(PORT,),
    quantities=("air_temperature", "tamper", "battery_voltage", "supply_voltage"),
    decode=of(
        {
            TEMPERATURE: i16(100, ("air_temperature", 0)),
            STATE: state(("tamper", 0)),
        }
    ),
    aliases=("NKE Watteco Temp'O",),
    verified=True,
)
