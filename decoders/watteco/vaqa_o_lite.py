"""Watteco Vaqa'O Lite: air of a room: temperature, humidity, index of organic compounds, CO2, presence and light.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/vaqa'o_lite.
FPort 125. The frame is described in `protocol`. Cluster and attribute, data:

    0402/0000  air temperature  2 bytes, signed, 0.01 °C; endpoint 0 is sensor 1, endpoint 1 sensor 2
    0405/0000  humidity         2 bytes, 0.01 %; endpoints as above
    800c/0000  endpoint 0, IAQ  2 bytes, index
               endpoint 1, CO2  2 bytes, ppm
    0406/0000  presence         1 byte
    0400/0000  light            2 bytes, lx
    0403/0000  air pressure     2 bytes, signed, hPa
    000f/0055  case             1 byte, 1 is opened
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import (
    CONCENTRATION,
    HUMIDITY,
    ILLUMINANCE,
    OCCUPANCY,
    PORT,
    PRESSURE,
    STATE,
    TEMPERATURE,
    i16,
    of,
    state,
    u16,
)

DECODER = Decoder(
    vendor="Watteco",
    model="Vaqa'O Lite",
    ports=(PORT,),
    quantities=(
        "co2",
        "iaq",
        "air_temperature",
        "humidity",
        "pressure",
        "presence",
        "illuminance",
        "tamper",
        "battery_voltage",
        "supply_voltage",
    ),
    decode=of(
        {
            TEMPERATURE: i16(100, ("air_temperature", 1), ("air_temperature", 2)),
            HUMIDITY: u16(100, ("humidity", 1), ("humidity", 2)),
            CONCENTRATION: u16(1, ("iaq", 0), ("co2", 0)),
            OCCUPANCY: state(("presence", 0)),
            ILLUMINANCE: u16(1, ("illuminance", 0)),
            PRESSURE: i16(1, ("pressure", 0)),
            STATE: state(("tamper", 0)),
        }
    ),
    aliases=("NKE Watteco Vaqa'O Lite",),
    verified=True,
)
