"""Kamstrup flowIQ 2200: ultrasonic water meter with logs, alarms and hourly history.

Source: EN 13757-3; TheThingsNetwork/lorawan-devices, vendor/kamstrup, the maker's codec and its examples, one of them
from the maker's integration guide. FPort 1. The frame is described in `decoders.mbus`. Records, by code:

    6d       time of a storage number
    10..16   volume, m³, and its hourly profile; 93 3c is the volume backwards, litres
    38..3e   flow, m³/h: now, least and most
    58..5b   water temperature, °C, now; least and most are not reported
    ff 25    info code, bits: 0 dry, 1 reverse, 2 leak, 3 burst, 4 tamper, 5 battery low, 6 and 7 ambient temperature
             low and high, which are not reported
    ff 1c    acoustic leak detection of the last day, a number without a unit; not reported
    ff 16    configuration, after the installation; no measurement

The meter's clock is taken for UTC, as the maker's codec does. A value whose storage number has a time is told with that
time: those of the log of midnight are about the day before. The flowIQ 3200 sends the same records.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders import mbus
from decoders.base import Decoded, Decoder, Reading, latest

if TYPE_CHECKING:
    from collections.abc import Mapping

_INFO_CODE = 0xFF25
_STATES = ("dry", "backflow", "meter_leak", "burst", "tamper", "battery_low")
_TABLE = {
    **{(0, code): scale for code, scale in mbus.VOLUME.items()},
    **{(0, code): scale for code, scale in mbus.powers("flow", *mbus.FLOW).items()},
    **{(1, code): scale for code, scale in mbus.powers("flow_max", *mbus.FLOW).items()},
    **{(2, code): scale for code, scale in mbus.powers("flow_min", *mbus.FLOW).items()},
    **{(0, code): scale for code, scale in mbus.powers("water_temperature", 0x58, 3).items()},
    (0, 0x933C): mbus.Scale("reverse_volume", 1, 1000),
}


def _states(records: list[mbus.Record], stored: Mapping[int, int]) -> list[Reading]:
    return [
        Reading(quantity, float(record.data[0] >> bit & 1), 0, stored.get(record.storage))
        for record in records
        if record.code == _INFO_CODE and record.data
        for bit, quantity in enumerate(_STATES)
    ]


def _decode(payload: bytes, _f_port: int) -> Decoded:
    _, records = mbus.parse(payload)
    stored = mbus.times(records)
    return latest((*mbus.read(records, _TABLE, stored), *_states(records, stored)))


_FLOWIQ_2200 = Decoder(
    vendor="Kamstrup",
    model="flowIQ 2200",
    ports=(1,),
    quantities=(
        *("water_volume", "reverse_volume", "flow", "flow_min", "flow_max", "water_temperature"),
        *_STATES,
    ),
    decode=_decode,
    wraps={"water_volume": 2**31 / 1000, "reverse_volume": 2**31 / 1000},
    verified=True,
    differs=(
        "ALD, the number of the acoustic leak detection: not reported, because the maker gives it no unit.",
        "Of the water temperature the one of the moment is told; its least and its most of the day are not.",
        "The ambient temperatures of the meter, and their bits in the info code, are not told.",
    ),
)
DECODERS = (_FLOWIQ_2200, replace(_FLOWIQ_2200, model="flowIQ 3200", verified=False))
