"""Dragino LDS03A and DS03A-LB: one or two doors outdoors.

Source: Dragino LDS03A decoders V1.2.0 and V1.2.2, DS03A-LB decoder v1.0; captured payloads in akenza's device type
library; example in The Things Network device repository. Report on FPort 2 as delivered.

    2  FF CCCCCC LLLLLL NNNNNNNN        report, 11 bytes; see `contact`. F bit 0 door open; C how often it was opened
       and FF CCCCCC LLLLLL of door 2   18 bytes
    3  data log of door 1
    4  settings
    5  device status

The channel is the door. DS03A-LB: with bit 3 of F the count is since the previous report, and not read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder
from decoders.dragino.contact import WRAP, Contact
from decoders.dragino.protocol import DATA_LOG, ENTRY, SETTINGS, STATUS, ByPort, data_log, expect, settings, status

if TYPE_CHECKING:
    from collections.abc import Callable

_TWO_DOORS = 18
_PART = 0x08


def _decode(part: int) -> Callable[[bytes, int], Decoded]:
    first, second = (Contact("door_open", "door_count", channel, part=part) for channel in (1, 2))

    def report(payload: bytes) -> Decoded:
        expect(payload, ENTRY, _TWO_DOORS)
        if len(payload) == ENTRY:
            return first.report(payload)
        return Decoded((*first.entry(payload, 0, None), *second.entry(payload, ENTRY, None)))

    return ByPort(report, {DATA_LOG: data_log(first.entry), SETTINGS: settings(7, 11), STATUS: status})


_LDS03A = Decoder(
    vendor="Dragino",
    model="LDS03A",
    ports=ANY_PORT,
    quantities=("door_open", "door_count", "alarm", "battery_voltage", "report_interval"),
    decode=_decode(0),
    wraps={"door_count": WRAP},
    verified=True,
)

DECODERS = (
    _LDS03A,
    replace(_LDS03A, model="DS03A-LB", decode=_decode(_PART), aliases=("DS03A-LS",), verified=False),
)
