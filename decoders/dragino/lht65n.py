"""Dragino LHT65N: indoor air temperature and humidity, with one external sensor.

Source: Dragino LHT65N user manual, chapters 2.4 and 2.6; decoder v1.5.6; examples in The Things Network device
repository and in ChirpStack's device profiles. Report on FPort 2 as delivered. The layout is described in `lht`; more:

    2  E = 10: serial number of an SHT31 in place of T and H, and V as of 11
       E = 20: serial number of a TMP117 in place of T, H and half of V, and V as of 2
       E bit 7 alone: firmware before 1.5: no sensor connected. Since then: a data log entry that the network had not
       acknowledged, sent again
    3  BBBB KK TTTT TTTT ...            temperatures of a group, K 1 to 4 the sensor: not read, they have no times
    5  device status

The two meanings of bit 7 are told apart by V: a time from 2020 on that does not end in the filler 7fff is a data log
entry. The counter of two bytes (7) begins at 0 again after 65535, that of four (8) after 4294967295. The level of the
interrupt pin is `input`: 1 is high, a contact that is closed. E = 14, the motion sensor, is another model's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Decoded, Decoder, UnsupportedMessage, gather
from decoders.bits import i16_be, u32_be
from decoders.dragino import lht
from decoders.dragino.protocol import DATA_LOG, ENTRY, STATUS, ByPort, Value, battery, expect, status, unless

if TYPE_CHECKING:
    from collections.abc import Iterator

_GROUP_SENSORS = range(1, 5)
_SHORTEST_GROUP = 5
_SHT31_SERIAL, _TMP117_SERIAL = 0x10, 0x20
_MOTION = 14
_NONE = 0x7FFF
_Y2020, _END = 0x5E0BE100, 0x7FFF0000


def _is_sent_again(payload: bytes) -> bool:
    return payload[-2:] != b"\x7f\xff" and _Y2020 <= u32_be(payload, len(payload) - 4) < _END


def _serial(payload: bytes) -> Iterator[Value]:
    if payload[6] == _SHT31_SERIAL:
        yield from lht.air_outside(payload, 7, None)
    else:
        yield unless(i16_be(payload, 7), _NONE, "probe_temperature", 100)
    yield from lht.powered(payload)


def _report(payload: bytes) -> Decoded:
    if len(payload) >= ENTRY:
        kind = payload[6]
        if kind in {_SHT31_SERIAL, _TMP117_SERIAL}:
            expect(payload, ENTRY)
            return gather(_serial(payload))
        if kind & 0x0F == _MOTION:
            raise UnsupportedMessage("message of the motion sensor LHT65N-PIR")
        if kind & lht.UNCONNECTED and _is_sent_again(payload):
            return lht.log(payload)
    return lht.report(payload)


def _group(payload: bytes) -> Decoded:
    if len(payload) >= _SHORTEST_GROUP and len(payload) % 2 and payload[2] in _GROUP_SENSORS:
        return Decoded((battery(payload),))
    return _report(payload)


DECODER = Decoder(
    vendor="Dragino",
    model="LHT65N",
    aliases=("LHT65N-E1", "LHT65N-E3", "LHT65N-E5"),
    ports=ANY_PORT,
    quantities=(
        *("air_temperature", "humidity", "probe_temperature", "illuminance", "input_voltage", "pulses", "input"),
        *("interrupt", "battery_voltage", "battery_low"),
    ),
    decode=ByPort(_report, {DATA_LOG: _group, STATUS: status}),
    wraps={"pulses": 2**32},
    verified=True,
    differs=(
        "An external temperature of 327.67 °C is absent: it stands for no sensor.",
        "Of the four steps of `Bat_status` the lower two are told as battery low.",
    ),
)
