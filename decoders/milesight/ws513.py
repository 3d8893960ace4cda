"""Milesight WS513 and WS515: sockets in the wall that switch and meter, hardware 1 and 2.

Source: the maker's payload table for WS513 and for WS515, with their examples.
FPort 85 unless configured otherwise. Channel, type, data:

    03 74  voltage         2 bytes, 0.1 V
    04 80  power           4 bytes, W
    05 81  power factor    1 byte, %
    06 83  energy          4 bytes, Wh
    07 c9  current         2 bytes, mA
    08 70  socket          1 byte: bit 0: 0 off, 1 on
    09 67  temperature     firmware 1.9: 2 bytes signed, 0.1 °C; ff ff reading failed, ff fd out of range
    89 67  temperature alarm  firmware 2.1: the temperature and 1 byte: 0 released, 1 threshold, 2 too hot
    99 67  temperature jump   firmware 1.9 to 2.0: the temperature, 2 bytes by how much it changed, 1 byte

The payload table puts the threshold alarm on channel 09, where a reading of the regular report would be a byte short;
the maker's codec has it on 89, as every other model. A jump is an alarm, too. Channel
of the alarm: 9, the maker's channel of the temperature. Hardware 3 sends the same channels in other
units, which its payload table does not state: it is another model, and is not read as this one. A voltage below 60 V,
which no mains has, gives it away: it is then absent, with the rest of the metering.
"""

from __future__ import annotations

from dataclasses import replace

from decoders.base import ANY_PORT, Decoder
from decoders.milesight.parts import (
    ELECTRIC_DIFFERS,
    ELECTRIC_QUANTITIES,
    ELECTRICITY,
    ENERGY_WRAPS,
    FAILED_TEMPERATURE,
    NEWER_DIFFERS,
    on_mains,
    with_alarm,
)
from decoders.milesight.protocol import Entry, Found, i16, replies, table

_ALARM = 9
_TOO_HOT = {0: 0.0, 1: 1.0, 2: 1.0}
_TEMPERATURE = i16("device_temperature", 10, codes=FAILED_TEMPERATURE)


def _jump(payload: bytes, at: int, found: Found) -> None:
    if _TEMPERATURE.read is not None:
        _TEMPERATURE.read(payload, at, found)
    found.add("alarm", 1.0, _ALARM)


def _switch(payload: bytes, at: int, found: Found) -> None:
    found.add("switch", float(payload[at] & 1))


_TABLE = table(
    replies({0x25: 2, 0x2F: 2}),
    ELECTRICITY,
    {
        0x0870: Entry(1, _switch),
        0x0967: _TEMPERATURE,
        0x8967: with_alarm(i16("device_temperature", 10, length=3, codes=FAILED_TEMPERATURE), _TOO_HOT, _ALARM),
        0x9967: Entry(5, _jump),
    },
)


_WS513 = Decoder(
    vendor="Milesight",
    model="WS513",
    ports=ANY_PORT,
    quantities=("switch", *ELECTRIC_QUANTITIES, "device_temperature", "alarm"),
    decode=on_mains(_TABLE),
    wraps={"energy": ENERGY_WRAPS},
    verified=True,
    differs=(*ELECTRIC_DIFFERS, NEWER_DIFFERS),
)
DECODERS = (_WS513, replace(_WS513, model="WS515"))
