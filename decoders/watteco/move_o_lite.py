"""Watteco Move'O Lite: presence, light, air temperature and humidity of a room.

Source: Watteco LoRaWAN documentation (support.watteco.com), cluster pages; Codec-API-LoRaWAN, distrib/move'o_lite.
FPort 125. The frame is described in `protocol`. Cluster and attribute, data:

    0406/0000  presence         1 byte
    0400/0000  light            2 bytes, lx (not the logarithm of the ZigBee library: the maker's codec gives lx)
    0402/0000  air temperature  2 bytes, signed, 0.01 °C
    0405/0000  humidity         2 bytes, 0.01 %
    000f/0055  case             1 byte, 1 is opened
    0050/0006  voltages of the power sources, see `protocol`

Batch reports are refused, see `protocol`.
"""

from __future__ import annotations

from decoders.base import Decoder
from decoders.watteco.protocol import HUMIDITY, ILLUMINANCE, OCCUPANCY, PORT, STATE, TEMPERATURE, i16, of, state, u16

DECODER = Decoder(
    vendor="Watteco",
    model="Move'O Lite",
    ports=(PORT,),
    quantities=(
        "presence",
        "illuminance",
        "air_temperature",
        "humidity",
        "tamper",
        "battery_voltage",
        "supply_voltage",
    ),
    decode=of(
        {
            OCCUPANCY: state(("presence", 0)),
            ILLUMINANCE: u16(1, ("illuminance", 0)),
            TEMPERATURE: i16(100, ("air_temperature", 0)),
            HUMIDITY: u16(100, ("humidity", 0)),
            STATE: state(("tamper", 0)),
        }
    ),
    aliases=("NKE Watteco Move'O Lite",),
    verified=True,
)
