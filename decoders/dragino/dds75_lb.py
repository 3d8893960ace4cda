"""Dragino DDS75-LB: ultrasonic distance, 280 to 7500 mm, with an optional DS18B20 temperature probe.

Source: Dragino DDS75-LB and DDS45-LB decoders, which have the same layout. Report on FPort 2 as delivered.

    2  BBBB DDDD II TTTT SS             report, 8 bytes; see `ultrasonic`
    2  more bytes, bit 12 of B set      several distances in one report: not read, their times are not given
    3  BBBB DDDD TTTT FF NNNNNNNN       data log
    5  device status
    6  distances of the detect mode, without times: not read

The maker's decoder divides the report's temperature by 100 on the DDS75-LB and by 10 in its own data log and on every
sister model; 10 is taken. A temperature that was sent in 0.01 °C would come out as impossible, and absent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoder, UnsupportedMessage
from decoders.dragino.protocol import DATA_LOG, STATUS, ByPort, data_log, status
from decoders.dragino.ultrasonic import LONG, Transducer

if TYPE_CHECKING:
    from collections.abc import Callable

    from decoders.base import Decoded

_DETECT_MODE = 6
_SEVERAL = 0x10


def _detect_mode(_payload: bytes) -> Decoded:
    raise UnsupportedMessage("distances of the detect mode, which have no times")


def _decode(nearest: int) -> Callable[[bytes, int], Decoded]:
    transducer = Transducer(nearest)

    def report(payload: bytes) -> Decoded:
        if len(payload) > LONG and payload[0] & _SEVERAL:
            raise UnsupportedMessage("several distances in one report, which have no times")
        return transducer.report(payload)

    others = {DATA_LOG: data_log(transducer.entry), STATUS: status, _DETECT_MODE: _detect_mode}
    return ByPort(report, others)


_DDS75 = Decoder(
    vendor="Dragino",
    model="DDS75-LB",
    ports=ANY_PORT,
    quantities=("distance", "probe_temperature", "battery_voltage", "interrupt"),
    decode=_decode(280),
    aliases=("DDS75-LS",),
    differs=("The probe is read in 0.1 °C, as the data log and the sister models have it, not in 0.01 °C.",),
)

DECODERS = (
    _DDS75,
    replace(_DDS75, model="DDS45-LB", decode=_decode(30), aliases=("DDS45-LS",), differs=()),
)
