"""Quandify CubicMeter 1.1: clamp-on ultrasonic water meter with leak detection, for plastic or copper pipes.

Source: Quandify's decoder and its examples (quandify.com; TheThingsNetwork/lorawan-devices, vendor/quandify). Least
significant byte first.

    FPort 1, 28 bytes: status
        4..5    error code; bit 15 is set where the sensor does not sense water; 384 is a flow backwards
        6..9    water, total, litres
        22      leak: 3 medium, 4 large; others are none
        23, 24  battery under load and recovered, 1800 + 8 * n mV
        25, 26  least and most water temperature since the last report, n / 2 - 20 °C; not reported
        27      ambient temperature, the same
    FPort 6: answers: number, status, type (0 nothing, 1 a status report, 2 hardware, 4 settings) and what was asked for

An earlier decoder of the maker has the leak as 2 medium and 3 large, the later one as 3 and 4. So 3 is a leak by both;
2, of which the two say different things, is not reported.
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder, OutOfRange, Reading, WrongLength
from decoders.bits import u16_le, u32_le

_STATUS, _ANSWER = 1, 6
_SIZE = 28
_DRY, _BACKWARDS = 0x8000, 384
_LEAKS = {0: 0.0, 1: 0.0, 3: 1.0, 4: 1.0}
_ANSWERS = (0, 1, 2, 4)


def _status(payload: bytes) -> Decoded:
    if len(payload) != _SIZE:
        raise WrongLength(f"{len(payload)} bytes; a status report has {_SIZE}")
    error = u16_le(payload, 4)
    code = error & ~_DRY
    leak = _LEAKS.get(payload[22])
    readings = [
        Reading("water_volume", u32_le(payload, 6) / 1000),
        Reading("backflow", float(code == _BACKWARDS)),
        Reading("dry", float(error & _DRY != 0)),
        Reading("sensor_fault", float(code not in {0, _BACKWARDS})),
        Reading("battery_voltage", (1800 + 8 * payload[24]) / 1000),
        Reading("air_temperature", payload[27] / 2 - 20),
    ]
    if leak is not None:
        readings.append(Reading("meter_leak", leak))
    return Decoded(tuple(readings))


def _answer(payload: bytes) -> Decoded:
    if len(payload) < 3:  # noqa: PLR2004  (number, status, type)
        raise WrongLength(f"{len(payload)} bytes; an answer has at least 3")
    if payload[1] > 3 or payload[2] not in _ANSWERS:  # noqa: PLR2004  (the status is 0 to 3)
        raise OutOfRange(f"status {payload[1]}, type {payload[2]}")
    return _status(payload[3:]) if payload[2] == 1 else Decoded(())


def _decode(payload: bytes, f_port: int) -> Decoded:
    return _status(payload) if f_port == _STATUS else _answer(payload)


DECODER = Decoder(
    vendor="Quandify",
    model="CubicMeter 1.1",
    ports=(_STATUS, _ANSWER),
    quantities=(
        *("water_volume", "meter_leak", "backflow", "dry", "air_temperature"),
        *("sensor_fault", "battery_voltage"),
    ),
    decode=_decode,
    wraps={"water_volume": 2**32 / 1000},
    aliases=("CubicMeter 1.1 Plastic", "CubicMeter 1.1 Copper"),
    verified=True,
    differs=(
        "Total: m³ instead of litres.",
        "Leak 2: not reported, because one decoder of the maker calls it a medium leak and the next one no leak.",
    ),
)
