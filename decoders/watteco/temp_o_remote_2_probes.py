"""Watteco Temp'O Remote 2 Probes: temperatures of two probes on cables.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN,
distrib/temp'o_remote_2_probes. FPort 125. The frame is described in `protocol`. Cluster and attribute, data:

    0402/0000  probe temperature  2 bytes, signed, 0.01 °C; endpoint 0 is probe 1, endpoint 1 probe 2
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import PORT, TEMPERATURE, i16, of

DECODER = Decoder(
    vendor="Watteco",
    model="Temp'O Remote 2 Probes",
    ports=(PORT,),
    quantities=("probe_temperature", "battery_voltage", "supply_voltage"),
    decode=of({TEMPERATURE: i16(100, ("probe_temperature", 1), ("probe_temperature", 2))}),
    aliases=("NKE Watteco Temp'O Remote 2 Probes",),
    verified=True,
)
