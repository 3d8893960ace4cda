"""Watteco Hygrotemp'O: air temperature and humidity; sisters with the same bytes.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/hygrotemp'o,
hygrotemp'o_remote, clim'o, th. FPort 125. The frame is described in `protocol`. Cluster and attribute, data:

    0402/0000  air temperature  2 bytes, signed, 0.01 °C
    0405/0000  humidity         2 bytes, 0.01 %
    000f/0055  case             1 byte, 1 is opened
    000f/0402  openings         4 bytes; how often the case was opened is not reported
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import Decoder
from decoders.watteco.protocol import HUMIDITY, INDEX, PORT, STATE, TEMPERATURE, i16, of, state, u16, u32

_FIRST = Decoder(
    vendor="Watteco",
    model="Hygrotemp'O",
    ports=(PORT,),
    quantities=("air_temperature", "humidity", "tamper", "battery_voltage", "supply_voltage"),
    decode=of(
        {
            TEMPERATURE: i16(100, ("air_temperature", 0)),
            HUMIDITY: u16(100, ("humidity", 0)),
            STATE: state(("tamper", 0)),
            INDEX: u32(None),
        }
    ),
    aliases=("NKE Watteco Hygrotemp'O",),
    verified=True,
)

DECODERS = (
    _FIRST,
    replace(_FIRST, model="Hygrotemp'O Remote", aliases=("NKE Watteco Hygrotemp'O Remote",)),
    replace(_FIRST, model="Clim'O", aliases=("NKE Watteco Clim'O",)),
    replace(_FIRST, model="TH", aliases=("NKE Watteco TH",)),
)
