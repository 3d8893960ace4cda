"""Dragino SN50v3-LB: a node to which the owner connects sensors.

Source: Dragino SN50v3 firmware source; SN50_v3-LB decoder. Report on FPort 2 as delivered.

    2  report, laid out by its working mode: modes 0 to 11 of `lsn50`. The manual counts the modes from 1
    4  one byte: answers a command
    5  device status
    12, 100  echo of a command

In mode 11 the maker's decoder prints the air temperature as that of a probe too, and the humidity as a voltage; the
firmware has neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoder
from decoders.dragino.lsn50 import QUANTITIES, SN50V3, walk
from decoders.dragino.protocol import SETTINGS, STATUS, ByPort, nothing_measured, status

if TYPE_CHECKING:
    from decoders.base import Decoded

_ECHO, _ANSWER = 12, 100


def _report(payload: bytes) -> Decoded:
    return walk(payload, SN50V3)


DECODER = Decoder(
    vendor="Dragino",
    model="SN50v3-LB",
    ports=ANY_PORT,
    quantities=QUANTITIES,
    decode=ByPort(
        _report, {SETTINGS: nothing_measured, STATUS: status, _ECHO: nothing_measured, _ANSWER: nothing_measured}
    ),
    wraps={"pulses": 2**32},
    aliases=("SN50v3-LS",),
    differs=(
        "The distance is in mm, the maker prints cm; the mass in kg, the maker prints g.",
        "With air and counter (mode 11) there is no probe and no voltage: the firmware sends the air in their place.",
    ),
)
