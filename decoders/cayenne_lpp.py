"""Cayenne LPP, a payload that many makers use: the walk and its types; what a channel means is said by each model.

    CC TT D..D  CC TT D..D  ...
    - C: 8 bit channel, which sensor of the device
    - T: 8 bit type, the IPSO object less 3200, which decides how many bytes D has
    - D: data, most significant byte first

Source: myDevices, Cayenne Low Power Payload; the types beyond it as in ElectronicCats/CayenneLPP and as RAKwireless
lists them in its standardized payload. A model gives a `Target` for each channel and type that it reports, and the
channels and types that it passes over. What is on neither list is refused, so that no sensor is lost without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from decoders.base import Decoded, OutOfRange, Reading, UnknownMessage, UnsupportedMessage, WrongLength

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_HEADER = 2

DIGITAL_INPUT, DIGITAL_OUTPUT, ANALOG_INPUT, ANALOG_OUTPUT = 0, 1, 2, 3
GENERIC, ILLUMINANCE, PRESENCE, TEMPERATURE, HUMIDITY = 100, 101, 102, 103, 104
PRECISE_HUMIDITY, ACCELEROMETER, BAROMETER, VOLTAGE, CURRENT, FREQUENCY = 112, 113, 115, 116, 117, 118
PERCENTAGE, ALTITUDE, LOAD, CONCENTRATION, POWER, DISTANCE, ENERGY = 120, 121, 122, 125, 128, 130, 131
DIRECTION, TIME, GYROMETER, COLOUR, GPS, PRECISE_GPS, VOC, SWITCH = 132, 133, 134, 135, 136, 137, 138, 142
SOIL_MOISTURE, WIND_SPEED, WIND_DIRECTION, SOIL_CONDUCTIVITY = 188, 190, 191, 192
SOIL_PH, SOIL_PH_COARSE, PYRANOMETER, LIGHT_LEVEL = 193, 194, 195, 203


class Type(NamedTuple):
    """How a type's bytes become numbers.

    Attributes:
        length: of the data, bytes.
        divisors: one for each number; their widths are in `widths`.
        states: where the number is a code: those that are defined.
    """

    length: int
    divisors: tuple[int, ...] = (1,)
    widths: tuple[int, ...] = ()
    signed: bool = False
    states: frozenset[int] | None = None


_BINARY = frozenset({0, 1})

TYPES: Mapping[int, Type] = {
    DIGITAL_INPUT: Type(1),
    DIGITAL_OUTPUT: Type(1),
    ANALOG_INPUT: Type(2, (100,), signed=True),
    ANALOG_OUTPUT: Type(2, (100,), signed=True),
    GENERIC: Type(4),
    ILLUMINANCE: Type(2),
    PRESENCE: Type(1),
    TEMPERATURE: Type(2, (10,), signed=True),
    HUMIDITY: Type(1, (2,)),
    PRECISE_HUMIDITY: Type(2, (10,)),
    ACCELEROMETER: Type(6, (1000, 1000, 1000), (2, 2, 2), signed=True),
    BAROMETER: Type(2, (10,)),
    VOLTAGE: Type(2, (100,)),
    CURRENT: Type(2, (1000,)),
    FREQUENCY: Type(4),
    PERCENTAGE: Type(1),
    ALTITUDE: Type(2, signed=True),
    LOAD: Type(3, (1000,), signed=True),
    CONCENTRATION: Type(2),
    POWER: Type(2),
    DISTANCE: Type(4, (1000,)),
    ENERGY: Type(4, (1000,)),
    DIRECTION: Type(2),
    TIME: Type(4),
    GYROMETER: Type(6, (100, 100, 100), (2, 2, 2), signed=True),
    COLOUR: Type(3, (1, 1, 1), (1, 1, 1)),
    GPS: Type(9, (10**4, 10**4, 100), (3, 3, 3), signed=True),
    PRECISE_GPS: Type(11, (10**6, 10**6, 100), (4, 4, 3), signed=True),
    VOC: Type(2),
    SWITCH: Type(1, states=_BINARY),
    SOIL_MOISTURE: Type(2, (10,)),
    WIND_SPEED: Type(2, (100,)),
    WIND_DIRECTION: Type(2),
    SOIL_CONDUCTIVITY: Type(2, (1000,)),
    SOIL_PH: Type(2, (100,)),
    SOIL_PH_COARSE: Type(2, (10,)),
    PYRANOMETER: Type(2),
    LIGHT_LEVEL: Type(1),
}
"""By the code of the type."""


class Target(NamedTuple):
    """What a channel and type is in a model.

    Attributes:
        quantities: one for each number of the type, in its order.
        state: where anything but 0 is the state 1.
        multiply: from the type's unit to the quantity's.
    """

    quantities: tuple[str, ...]
    channel: int = 0
    state: bool = False
    multiply: int = 1


def walk(
    payload: bytes,
    targets: Mapping[tuple[int, int], Target],
    passed: Collection[tuple[int, int]] = (),
) -> Decoded:
    """Read a payload by a model's targets, which are keyed by channel and type.

    Raises:
        WrongLength: empty, or cut inside a value.
        UnknownMessage: a type that Cayenne LPP does not have.
        UnsupportedMessage: a channel and type that the model does not name.
        OutOfRange: a code of a state that is not defined.
    """
    if not payload:
        raise WrongLength("empty payload")
    readings: dict[tuple[str, int], Reading] = {}
    position, end = 0, len(payload)
    while position < end:
        if position + _HEADER > end:
            raise WrongLength(f"a single byte at position {position}, where channel and type are expected")
        key = (payload[position], payload[position + 1])
        kind = TYPES.get(key[1])
        if kind is None:
            raise UnknownMessage(f"unknown type {key[1]} at position {position}")
        start = position + _HEADER
        position = start + kind.length
        if position > end:
            raise WrongLength(f"type {key[1]} at position {start - _HEADER} needs {position - end} more bytes")
        target = targets.get(key)
        if target is not None:
            for reading in _read(payload, start, kind, target):
                readings[reading.quantity, reading.channel] = reading
        elif key not in passed:
            raise UnsupportedMessage(f"channel {key[0]} with type {key[1]}, which this model is not known to send")
    return Decoded(tuple(readings.values()))


def _read(payload: bytes, at: int, kind: Type, target: Target) -> list[Reading]:
    readings: list[Reading] = []
    for quantity, divisor, width in zip(target.quantities, kind.divisors, kind.widths or (kind.length,), strict=False):
        raw = int.from_bytes(payload[at : at + width], "big", signed=kind.signed)
        at += width
        if kind.states is not None and raw not in kind.states:
            raise OutOfRange(f"code {raw} of {quantity}")
        value = float(raw != 0) if target.state else raw * target.multiply / divisor
        readings.append(Reading(quantity, value, target.channel))
    return readings
