"""Adeunis Temp: one or two temperature probes.

Source: Adeunis user guide and the maker's codec (TheThingsNetwork/lorawan-devices, vendor/adeunis, temp). FPort 1.
The frame is described in `protocol`. Frames, with the places of their data:

    57  samples of 2 bytes for each probe: temperature, signed, 0.1 °C
    58  alarm: for each probe which threshold 1 (0 none), temperature 2
    30  keep alive: temperature 2 for each probe

Bit 4 of the status says that there are two probes, bit 2 that the time follows. This is the Temp of firmware 4.
"""

from __future__ import annotations

from decoders.adeunis.protocol import ONLY_NEWEST, PORT, Frame, of
from decoders.base import Absent, Decoder, Reading, WrongLength
from decoders.bits import i16_be

_TWO = 0x10


def _periodic(frame: bytes) -> list[Reading | Absent]:
    return [_temperature(frame, 2 + 2 * index, index + 1) for index in range(_probes(frame, 2))]


def _alarm(frame: bytes) -> list[Reading | Absent]:
    probes = _probes(frame, 3)
    if len(frame) != 2 + 3 * probes:
        raise WrongLength(f"{len(frame)} bytes of an alarm of {probes} probes")
    alarms = [Reading("alarm", float(frame[2 + 3 * index] != 0), index + 1) for index in range(probes)]
    return [*alarms, *(_temperature(frame, 3 + 3 * index, index + 1) for index in range(probes))]


def _probes(frame: bytes, size: int) -> int:
    probes = 2 if frame[1] & _TWO else 1
    if (len(frame) - 2) % (size * probes):
        raise WrongLength(f"{len(frame)} bytes; {size * probes} for each sample are expected")
    return probes


def _temperature(frame: bytes, at: int, probe: int) -> Reading:
    return Reading("probe_temperature", i16_be(frame, at) / 10, probe)


_TABLE = {
    0x57: Frame(_periodic, 0, 2),
    0x58: Frame(_alarm, 0, 3),
    0x30: Frame(_periodic, 0, 2),
}


DECODER = Decoder(
    vendor="Adeunis",
    model="Temp",
    ports=(PORT,),
    quantities=("probe_temperature", "alarm", "battery_low"),
    decode=of(_TABLE, timed=True),
    verified=True,
    differs=(ONLY_NEWEST,),
)
