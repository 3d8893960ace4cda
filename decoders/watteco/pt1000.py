"""Watteco PT1000: temperature of an industrial platinum probe.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/pt1000. FPort
125. The frame is described in `protocol`. Cluster and attribute, data:

    0402/0000  temperature  2 bytes, signed, 0.01 °C
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`. The sister PT1000 400C is not read: for it the maker tells 0.01 °C in one
place and 0.1 °C in another.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import PORT, TEMPERATURE, i16, of

DECODER = Decoder(
    vendor="Watteco",
    model="PT1000",
    ports=(PORT,),
    quantities=("object_temperature", "battery_voltage", "supply_voltage"),
    decode=of({TEMPERATURE: i16(100, ("object_temperature", 0))}),
    aliases=("NKE Watteco PT1000",),
    verified=True,
)
