"""Dragino LSPH01 and SPH01-LB: soil pH and soil temperature, with an optional DS18B20.

Source: Dragino LSPH01 decoder V1.0.0 and example in The Things Network device repository; Dragino SPH01-LB decoder.
Report on FPort 2 as delivered.

    2  BBBB TTTT VVVV SSSS II xx MM     report, 11 bytes; see `soil`. V: pH, 0.01; S: soil temperature
    3  data log (SPH01-LB): pH in 0.1 by the maker's decoder, 0.01 in the report; one of them is wrong; not read
    5  device status (SPH01-LB)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoder, UnsupportedMessage
from decoders.dragino.protocol import DATA_LOG, STATUS, ByPort, status
from decoders.dragino.soil import BELOW_ZERO, NO_PROBE, report

if TYPE_CHECKING:
    from decoders.base import Decoded

_REPORT = report("soil_ph", 100, "soil_temperature")


def _data_log(_payload: bytes) -> Decoded:
    raise UnsupportedMessage("data log, whose pH has no certain scale")


_LSPH01 = Decoder(
    vendor="Dragino",
    model="LSPH01",
    ports=ANY_PORT,
    quantities=("soil_ph", "soil_temperature", "probe_temperature", "battery_voltage", "interrupt"),
    decode=ByPort(_REPORT, {}),
    verified=True,
    differs=(NO_PROBE, BELOW_ZERO),
)

DECODERS = (
    _LSPH01,
    replace(
        _LSPH01,
        model="SPH01-LB",
        decode=ByPort(_REPORT, {DATA_LOG: _data_log, STATUS: status}),
        aliases=("SPH01-LS",),
        verified=False,
    ),
)
