"""RAKwireless RAK10702: WisBlock indoor comfort kit.

Source: RAKwireless standardized payload, and its channels as in WisBlock-API-V2. Cayenne LPP on any FPort:

     1 116  battery           0.01 V
     2 104  humidity          0.5 %
     3 103  temperature       0.1 °C
    16 138  VOC index         two bytes (RAK12047); the maker's list says one, its decoder takes two
    35 125  CO2               ppm (RAK12037)
    48 102  presence          0 or 1 (RAK12006)

The CO2 sensor has a temperature (36 103) and humidity (37 104) of its own, warmed by itself, and is passed over in
them. Other channels are refused by name: the kit is programmed by its owner.
"""

from __future__ import annotations

from decoders import cayenne_lpp as lpp
from decoders.base import ANY_PORT, Decoded, Decoder

_TARGETS = {
    (1, lpp.VOLTAGE): lpp.Target(("battery_voltage",)),
    (2, lpp.HUMIDITY): lpp.Target(("humidity",)),
    (3, lpp.TEMPERATURE): lpp.Target(("air_temperature",)),
    (16, lpp.VOC): lpp.Target(("voc_index",)),
    (35, lpp.CONCENTRATION): lpp.Target(("co2",)),
    (48, lpp.PRESENCE): lpp.Target(("presence",), state=True),
}

_PASSED = {(36, lpp.TEMPERATURE), (37, lpp.HUMIDITY)}


def _decode(payload: bytes, _f_port: int) -> Decoded:
    return lpp.walk(payload, _TARGETS, _PASSED)


DECODER = Decoder(
    vendor="RAKwireless",
    model="RAK10702",
    ports=ANY_PORT,
    quantities=("co2", "voc_index", "air_temperature", "humidity", "presence", "battery_voltage"),
    decode=_decode,
    aliases=("WisBlock Indoor Comfort Node",),
    verified=True,
)
