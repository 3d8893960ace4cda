"""Watteco Temp'O Outdoor: air temperature; a sister for rooms sends the same bytes.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/temp'o_outdoor,
indoor_temperature. FPort 125. The frame is described in `protocol`. Cluster and attribute, data:

    0402/0000  air temperature  2 bytes, signed, 0.01 °C
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoder
from decoders.watteco.protocol import PORT, TEMPERATURE, i16, of

_FIRST = Decoder(
    vendor="Watteco",
    model="Temp'O Outdoor",
    ports=(PORT,),
    quantities=("air_temperature", "battery_voltage", "supply_voltage"),
    decode=of({TEMPERATURE: i16(100, ("air_temperature", 0))}),
    aliases=("NKE Watteco Temp'O Outdoor",),
    verified=True,
)

DECODERS = (
    _FIRST,
    replace(_FIRST, model="Indoor Temperature", aliases=("NKE Watteco Indoor Temperature",)),
)
