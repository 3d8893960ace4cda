"""KELLER ADT1: transmitter for level probes and pressure sensors, in a box or a tube; the ARC1 sends the same.

Source: KELLER LoRa payload description (docs.pressuresuite.com) and the maker's decoder for The Things Network
(TheThingsNetwork/lorawan-devices, vendor/keller). The first byte is the function; the FPort says why it was sent: 1
measurement, 2 alarm, 3 configuration, 4 information, 5 answer. Most significant byte first.

    function 01  connection type 1, channels 2, then 4 bytes (floating point) for each channel, lowest bit first
    function 0c  type 1, class 2, version 2, serial 4, time 4, battery voltage 4 (V, floating point), battery 1 (%),
                 humidity in the box 1 (%)

The connection type says which sensor a channel is. Pressures are bar, of P1 and P2 of a sensor; Pd is the difference of
P1 and P2, or of P1 and the air, of which a level is made; PBaro is the air's pressure; TOB is the temperature in the
pressure sensor, TBaro that in the box. Channels: 1 and 2 are P1 and P2 of the first sensor, 21 and 22 those of the
second, 31, 41 and 51 P1 of the others; temperatures likewise, and 3, 23 and 33 those beside a conductivity. The
conductivity at 25 °C (Tc) of a sensor has the channel of its P1; it is in mS/cm, the unit in the heads of the columns
of the maker's own exports, the table naming none.

Not reported: the conductivity before compensation, SDI-12 channels, which may be anything. A number that is not finite
is no measurement.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from typing import TYPE_CHECKING

from decoders.base import (
    NEVER,
    Absent,
    Decoded,
    Decoder,
    Reading,
    Reason,
    UnknownMessage,
    UnsupportedMessage,
    WrongLength,
    gather,
)
from decoders.bits import f32_be, u16_be

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEASURED, _INFORMATION = 1, 12
_HEADER, _INFORMATION_SIZE = 4, 20
_MILLIBAR = 1000
_MILLISIEMENS = 1000

_CHANNELS: dict[str, tuple[str, int, int]] = {
    "Pd": ("differential_pressure", 0, _MILLIBAR),
    "P1": ("water_pressure", 1, 1),
    "P2": ("water_pressure", 2, 1),
    **{f"P1.{n}": ("water_pressure", 10 * n + 1, 1) for n in (2, 3, 4, 5)},
    "P2.2": ("water_pressure", 22, 1),
    "T": ("water_temperature", 0, 1),
    "TOB1": ("water_temperature", 1, 1),
    "TOB2": ("water_temperature", 2, 1),
    **{f"TOB1.{n}": ("water_temperature", 10 * n + 1, 1) for n in (2, 3, 4, 5)},
    "TOB2.2": ("water_temperature", 22, 1),
    "TC": ("water_temperature", 3, 1),
    **{f"TC.{n}": ("water_temperature", 10 * n + 3, 1) for n in (2, 3)},
    **{name: ("conductivity", channel, _MILLISIEMENS) for name, channel in (("C", 1), ("C.2", 21), ("C.3", 31))},
    "PBaro": ("pressure", 0, _MILLIBAR),
    "TBaro": ("device_temperature", 0, 1),
    "V1": ("input_voltage", 1, 1),
    "V2": ("input_voltage", 2, 1),
    "N": ("pulses", 0, 1),
}
_FIRST = "Pd P1 P2 T TOB1 TOB2"
_TYPES = {
    0: _FIRST,
    1: _FIRST,
    2: f"{_FIRST} PBaro TBaro",
    3: f"{_FIRST} PBaro TBaro",
    4: f"{_FIRST} PBaro TBaro V1 V2",
    5: f"{_FIRST} PBaro TBaro V1 V2 Pd",
    6: f"{_FIRST} PBaro TBaro V1 V2 P1.2 P1.3 P1.4 P1.5 N",
    7: "PBaro TBaro V1 V2" + " -" * 10,
    8: "P1 TOB1 P1.2 TOB1.2 P1.3 TOB1.3 P1.4 TOB1.4 P1.5 TOB1.5 V1 V2 PBaro TBaro N",
    9: "Pd P1 P2 TC TOB1 TOB2 PBaro TBaro V1 V2 C -",
    10: "Pd P1 P2 TC TOB1 TOB2 PBaro TBaro V1 V2 C -",
    11: "P1 TOB1 C TC P1.2 TOB1.2 C.2 TC.2 P1.3 TOB1.3 C.3 TC.3 PBaro TBaro N",
    13: "P1 P2 TOB1 TOB2 P1.2 P2.2 TOB1.2 TOB2.2 PBaro TBaro V1 V2 N",
}
_TABLE = {kind: tuple(_CHANNELS.get(name) for name in names.split()) for kind, names in _TYPES.items()}
"""By connection type: quantity, channel and multiplier of each bit; None is not reported."""


def _measured(payload: bytes) -> Iterator[Reading | Absent]:
    if len(payload) < _HEADER:
        raise WrongLength(f"{len(payload)} bytes; the header alone has {_HEADER}")
    table, channels = _TABLE.get(payload[1], ()), u16_be(payload, 2)
    if channels >> len(table) or not table:
        raise UnknownMessage(f"connection type {payload[1]} with channels {channels:04x}")
    expected = _HEADER + 4 * channels.bit_count()
    if len(payload) != expected:
        raise WrongLength(f"{len(payload)} bytes; channels {channels:04x} announce {expected}")
    at = _HEADER
    for bit, target in enumerate(table):
        if channels >> bit & 1:
            if target is not None:
                yield _value(f32_be(payload, at), *target)
            at += 4


def _value(value: float, quantity: str, channel: int, multiplier: int) -> Reading | Absent:
    if not isfinite(value):
        return Absent(quantity, Reason.NOT_AVAILABLE, channel)
    return Reading(quantity, value * multiplier, channel)


def _decode(payload: bytes, f_port: int) -> Decoded:
    function = payload[0] if payload else None
    if function == _MEASURED:
        decoded = gather(_measured(payload))
        return Decoded(tuple({reading[0::2]: reading for reading in decoded.readings}.values()), decoded.absent)
    if function == _INFORMATION:
        if len(payload) != _INFORMATION_SIZE:
            raise WrongLength(f"{len(payload)} bytes; the information has {_INFORMATION_SIZE}")
        battery = _value(f32_be(payload, 14), "battery_voltage", 0, 1)
        percent, humidity = Reading("battery", float(payload[18])), Reading("device_humidity", float(payload[19]))
        return gather((battery, percent, humidity))
    if function is None:
        raise WrongLength("empty payload")
    if f_port in {2, 3, 5}:
        raise UnsupportedMessage(f"function {function} on FPort {f_port}: an alarm, a configuration or an answer")
    raise UnknownMessage(f"function {function}; 1 and 12 are known")


_ADT1 = Decoder(
    vendor="KELLER",
    model="ADT1",
    ports=(1, 2, 3, 4, 5),
    quantities=(
        *("water_pressure", "differential_pressure", "water_temperature", "conductivity", "pressure"),
        *("device_temperature", "input_voltage", "pulses", "battery_voltage", "battery", "device_humidity"),
    ),
    decode=_decode,
    wraps={"pulses": NEVER},
    aliases=("ADT1-Box", "ADT1-Tube"),
    verified=True,
    differs=("Pd and PBaro: hPa, where the maker tells bar. Conductivity: µS/cm, where the maker tells mS/cm.",),
)
DECODERS = (_ADT1, replace(_ADT1, model="ARC1", aliases=("ARC1-Box", "ARC1-Tube"), verified=False))
