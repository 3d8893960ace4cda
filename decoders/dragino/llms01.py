"""Dragino LLMS01 and LMS01-LB: leaf moisture and leaf temperature, with an optional DS18B20.

Source: Dragino LLMS01 decoder V1.0.0 and example in The Things Network device repository; Dragino LMS01-LB decoder.
Report on FPort 2 as delivered.

    2  BBBB TTTT VVVV SSSS II xx MM     report, 11 bytes; see `soil`. V: leaf moisture, 0.1 %; S: leaf temperature
    3  data log (LMS01-LB): the maker does not say which of its three values is which; not read
    5  device status (LMS01-LB)
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoder, UnsupportedMessage
from decoders.dragino.protocol import DATA_LOG, STATUS, ByPort, status
from decoders.dragino.soil import BELOW_ZERO, NO_PROBE, report

if TYPE_CHECKING:
    from decoders.base import Decoded

_REPORT = report("leaf_moisture", 10, "leaf_temperature")


def _data_log(_payload: bytes) -> Decoded:
    raise UnsupportedMessage("data log, whose values the maker does not name")


_LLMS01 = Decoder(
    vendor="Dragino",
    model="LLMS01",
    ports=ANY_PORT,
    quantities=("leaf_moisture", "leaf_temperature", "probe_temperature", "battery_voltage", "interrupt"),
    decode=ByPort(_REPORT, {}),
    verified=True,
    differs=(NO_PROBE, BELOW_ZERO),
)

DECODERS = (
    _LLMS01,
    replace(
        _LLMS01,
        model="LMS01-LB",
        decode=ByPort(_REPORT, {DATA_LOG: _data_log, STATUS: status}),
        aliases=("LMS01-LS",),
        verified=False,
    ),
)
