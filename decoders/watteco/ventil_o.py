"""Watteco Ventil'O: differential pressure of a ventilation duct or over a filter.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/ventil'o. FPort
125. The frame is described in `protocol`. Cluster and attribute, data:

    8008/0000  differential pressure  2 bytes, signed, Pa
    0402/0000  air temperature        2 bytes, signed, 0.01 °C
    000f/0055  contact                1 byte
    000f/0402  pulses                 4 bytes
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`. The maker's codec reads the differential pressure as unsigned; its type is
29, signed, and a duct can be on either side.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import DIFFERENTIAL, INDEX, PORT, STATE, TEMPERATURE, i16, of, state, u32

DECODER = Decoder(
    vendor="Watteco",
    model="Ventil'O",
    ports=(PORT,),
    quantities=("differential_pressure", "air_temperature", "input", "pulses", "battery_voltage", "supply_voltage"),
    decode=of(
        {
            DIFFERENTIAL: i16(100, ("differential_pressure", 0)),
            TEMPERATURE: i16(100, ("air_temperature", 0)),
            STATE: state(("input", 0)),
            INDEX: u32(("pulses", 0)),
        }
    ),
    wraps={"pulses": 2**32},
    aliases=("NKE Watteco Ventil'O",),
    verified=True,
    differs=("Differential pressure below zero: the maker's codec reads the signed field as unsigned, as 65 kPa.",),
)
