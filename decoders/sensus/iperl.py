"""Sensus iPERL: electromagnetic water meter with hourly history.

Source: EN 13757-3 and OMS over LoRaWAN, which the meter follows; TheThingsNetwork/lorawan-devices, vendor/sensus, the
maker's codec and its example. The frame is described in `decoders.mbus`; the message decides, not the port.

    status   bit 2 battery low, bit 3 permanent error, bits 5 to 7 the maker's own: told together as an alarm
    6d       time of a storage number
    10..16   volume, m³, and its hourly profile

Of the records, only volumes are read. The meter's clock is taken for UTC, as the maker's codec does. A volume whose
storage number has a time is told with that time.
"""

from __future__ import annotations

from decoders import mbus
from decoders.base import ANY_PORT, Decoded, Decoder, Reading, latest

_TABLE = {(0, code): scale for code, scale in mbus.VOLUME.items()}


def _decode(payload: bytes, _f_port: int) -> Decoded:
    status, records = mbus.parse(payload)
    states = (
        Reading("battery_low", float(status >> 2 & 1)),
        Reading("sensor_fault", float(status >> 3 & 1)),
        Reading("alarm", float(status >> 5 != 0)),
    )
    return latest((*mbus.read(records, _TABLE, mbus.times(records)), *states))


DECODER = Decoder(
    vendor="Sensus",
    model="iPERL",
    aliases=("Xylem iPERL", "Xylem Sensus iPERL"),
    ports=ANY_PORT,
    quantities=("water_volume", "battery_low", "sensor_fault", "alarm"),
    decode=_decode,
    wraps={"water_volume": 2**31 / 1000},
    verified=True,
    differs=(
        "Records: volumes in m³ with their times; the raw litres and the time stamps are not values of their own.",
        "`status` is told as what its bits say: battery low, fault, alarm; not as their number.",
    ),
)
