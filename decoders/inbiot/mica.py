"""inBiot MICA, MICA Mini, MICA Plus and MICA WELL: air quality of rooms.

Source: inBiot LoRaWAN payload; the maker's decoder in TheThingsNetwork/lorawan-devices, vendor/inbiot. Any FPort. The
first byte is the message: 0 configuration, 1 sensors, 2 information of the device. Of the sensors, 38 bytes, most
significant byte first:

    1..2    temperature      0.1 °C, signed
    3..4    humidity         0.1 %
    5..6    CO2              ppm
    7..8    formaldehyde
    9..10   TVOC             ppb
    11..12  PM1              µg/m³
    13..14  PM2.5            µg/m³
    15..16  PM4              µg/m³
    17..18  PM10             µg/m³
    19..24  O3, NO2, CO      2 bytes each; all bits set while the sensor is heating
    25..26  number of the message
    27..30  model            MINI, MICA, PLUS or WELL
    32..36  indices that the device computes
    37      noise            dB; 0 without, all bits set while it starts

A MINI has no TVOC and no particles, a MICA no PM1 and PM4. Passed over: formaldehyde and the gases of the WELL, whose
units are not documented, and the indices. The weighting of the noise is not documented. Another model in the bytes
than this one is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.base import ANY_PORT, Absent, Decoded, Decoder, Reading, Reason, UnknownMessage, WrongLength
from decoders.bits import i16_be, u16_be

if TYPE_CHECKING:
    from collections.abc import Callable

_LENGTH = 38
_SENSORS = 1
_NOT_SENSORS = (0, 2)
_NOISE = 37
_STARTING = 0xFF

_TVOC = ("tvoc_fraction", 9)
_COARSE = (_TVOC, ("pm2_5", 13), ("pm10", 17))
_FINE = (_TVOC, ("pm1", 11), ("pm2_5", 13), ("pm4", 15), ("pm10", 17))

Words = tuple[tuple[str, int], ...]


def _reader(kind: bytes, words: Words) -> Callable[[bytes, int], Decoded]:
    def decode(payload: bytes, _f_port: int) -> Decoded:
        if not payload:
            raise WrongLength("empty payload")
        if payload[0] in _NOT_SENSORS:
            return Decoded(())
        if payload[0] != _SENSORS:
            raise UnknownMessage(f"message {payload[0]}; 0, 1 and 2 are known")
        if len(payload) != _LENGTH:
            raise WrongLength(f"{len(payload)} bytes; the sensors have {_LENGTH}")
        if payload[27:31] != kind:
            raise UnknownMessage(f"model {payload[27:31]!r}; this one is {kind!r}")
        return _sensors(payload, words)

    return decode


def _sensors(payload: bytes, words: Words) -> Decoded:
    readings = [
        Reading("air_temperature", i16_be(payload, 1) / 10),
        Reading("humidity", u16_be(payload, 3) / 10),
        Reading("co2", float(u16_be(payload, 5))),
        *(Reading(quantity, float(u16_be(payload, at))) for quantity, at in words),
    ]
    noise = payload[_NOISE]
    if noise == _STARTING:
        return Decoded(tuple(readings), (Absent("sound_average", Reason.WARMING_UP),))
    if noise:
        readings.append(Reading("sound_average", float(noise)))
    return Decoded(tuple(readings))


_MODELS: tuple[tuple[str, bytes, Words], ...] = (
    ("MICA", b"MICA", _COARSE),
    ("MICA Mini", b"MINI", ()),
    ("MICA Plus", b"PLUS", _FINE),
    ("MICA WELL", b"WELL", _FINE),
)

DECODERS = tuple(
    Decoder(
        vendor="inBiot",
        model=model,
        ports=ANY_PORT,
        quantities=("co2", *(quantity for quantity, _ in words), "air_temperature", "humidity", "sound_average"),
        decode=_reader(kind, words),
        verified=True,
        differs=(
            "Formaldehyde, O3, NO2, CO and the computed indices are not told: their units are not documented.",
            "Temperature: signed; the maker's decoder reads it unsigned, so that -0.1 °C would be 6553.5 °C.",
        ),
    )
    for model, kind, words in _MODELS
)
