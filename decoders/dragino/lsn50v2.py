"""Dragino LSN50v2, and with probes LSN50v2-D20, -D22 and -D23: a node to which the owner connects sensors.

Source: Dragino LSN50 user manual, chapters 2.3 and 2.4; firmware source of the LSN50 (LoRa_STM32); decoder v1.8.0;
examples in The Things Network device repository; captured payload in akenza's device type library. Report on FPort 2
as delivered.

    2  report, laid out by its working mode: modes 0 to 8 of `lsn50`. The manual counts the modes from 1
       D20, D22, D23: mode 31 answers with the limits of the alarm; battery and first probe are read
    4  one byte: restarted, or answers a command
    5  BB SS FFFF IIIIII                band, sub-band, firmware, report interval in s (firmware 1.8)
    12, 100  echo of a command
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder, Reading
from decoders.bits import i16_be, u16_be
from decoders.dragino.lsn50 import LSN50, QUANTITIES, Mode, walk
from decoders.dragino.protocol import SETTINGS, STATUS, ByPort, Value, interval_status, nothing_measured, probe

if TYPE_CHECKING:
    from collections.abc import Iterator

_ECHO, _ANSWER = 12, 100


def _limits(payload: bytes) -> Iterator[Value]:
    yield Reading("battery_voltage", u16_be(payload, 0) / 1000)
    yield probe(i16_be(payload, 2), 1)


_WITH_PROBES = {**LSN50, 31: Mode(11, _limits, 0, digital=False)}


def _report(payload: bytes) -> Decoded:
    return walk(payload, LSN50)


def _report_with_probes(payload: bytes) -> Decoded:
    return walk(payload, _WITH_PROBES)


_OTHERS = {
    SETTINGS: nothing_measured,
    STATUS: interval_status,
    _ECHO: nothing_measured,
    _ANSWER: nothing_measured,
}

_LSN50V2 = Decoder(
    vendor="Dragino",
    model="LSN50v2",
    ports=ANY_PORT,
    quantities=(*QUANTITIES, "report_interval"),
    decode=ByPort(_report, _OTHERS),
    wraps={"pulses": 2**32},
    aliases=("LSN50",),
    verified=True,
    differs=("The distance is in mm, the maker prints cm; the mass in kg, the maker prints g.",),
)

_D20 = replace(_LSN50V2, model="LSN50v2-D20", decode=ByPort(_report_with_probes, _OTHERS), aliases=("D20",))

DECODERS = (
    _LSN50V2,
    _D20,
    replace(_D20, model="LSN50v2-D22", aliases=("D22",), verified=False),
    replace(_D20, model="LSN50v2-D23", aliases=("D23",)),
)
