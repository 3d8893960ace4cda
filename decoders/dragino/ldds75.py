"""Dragino LDDS75: ultrasonic distance, 280 to 7500 mm, with an optional DS18B20 temperature probe.

Source: Dragino LDDS75 user manual, chapter "Uplink Payload" (firmware 1.1.4). FPort 2, most significant byte first:

    BBBB DDDD II TTTT SS                8 bytes
    BBBB DDDD II                        5 bytes, firmware before the probe
    - B: battery, mV, in the low 14 bits
    - D: distance, mm. 0: no ultrasonic sensor detected. Below 280: invalid; since firmware 1.1.4 it is sent as 20
    - I: 1 where the report was caused by the interrupt pin, 0 where it was due
    - T: probe, signed 0.1 °C. 0 and 7fff: none connected
    - S: 1 where the ultrasonic sensor was detected, 0 where it was not

0 °C and "no probe" have the same bits (the maker's firmware sends 0 when it cannot read a DS18B20), and nearly every
device has no probe; so 0 is absent, which in Việt Nam costs nothing.
"""

from __future__ import annotations

from decoders.base import Absent, Decoded, Decoder, Reading, Reason, WrongLength
from decoders.bits import i16_be, u16_be

_SHORT, _LONG = 5, 8
_BATTERY_BITS = 0x3FFF
_NEAREST = 280
_NO_PROBE = (0x0000, 0x7FFF)


def _distance(raw: int, detected: int) -> Reading | Absent:
    if not raw or not detected:
        return Absent("distance", Reason.NOT_CONNECTED)
    if raw < _NEAREST:
        return Absent("distance", Reason.NOT_AVAILABLE)
    return Reading("distance", float(raw))


def _probe(raw: int) -> Reading | Absent:
    if raw in _NO_PROBE:
        return Absent("probe_temperature", Reason.NOT_CONNECTED)
    return Reading("probe_temperature", raw / 10)


def _decode(payload: bytes, _f_port: int) -> Decoded:
    if len(payload) not in {_SHORT, _LONG}:
        raise WrongLength(f"{len(payload)} bytes; {_LONG} are expected, or {_SHORT} of old firmware")
    long = len(payload) == _LONG
    values: list[Reading | Absent] = [
        _distance(u16_be(payload, 2), payload[7] if long else 1),
        Reading("battery_voltage", (u16_be(payload, 0) & _BATTERY_BITS) / 1000),
        Reading("interrupt", float(payload[4])),
    ]
    if long:
        values.append(_probe(i16_be(payload, 5)))
    return Decoded(
        tuple(value for value in values if isinstance(value, Reading)),
        tuple(value for value in values if isinstance(value, Absent)),
    )


DECODER = Decoder(
    vendor="Dragino",
    model="LDDS75",
    ports=(2,),
    quantities=("distance", "probe_temperature", "battery_voltage", "interrupt"),
    decode=_decode,
    verified=True,
)
