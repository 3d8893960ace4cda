"""Teneo Filling Degree: an ultrasonic sensor in the lid of a container.

Source: TheThingsNetwork/lorawan-devices, vendor/teneo-iot/filling-degree-sensor-codec.yaml and
filling-degree-sensor.js. Most significant byte first:

    FPort 1  battery (1 byte, 2 V + 0.1 V for each), distance (2, cm), status (1, missing in 3 and 7 bytes),
             temperature (2, signed, 0.01 °C) and humidity (2, 0.01 %), both missing in 3 and 4 bytes
    FPort 2  battery, status
    FPort 3  battery: it is being charged

Status 0 is a good distance; 4 is valid without a distance (the maker's decoder says -1), which is told as absent; any
other is an error. The maker's decoder reads the temperature unsigned, so that 1 °C below zero would be 654 °C; here it
is signed, as in the maker's CO2 sensor, whose 7f ff for no temperature is taken over too.
"""

from __future__ import annotations

from decoders.base import Absent, Decoded, Decoder, Reading, Reason, WrongLength, gather
from decoders.bits import u16_be
from decoders.teneo.protocol import climate, voltage

_DATA, _STATUS, _CHARGING = 1, 2, 3

_STATUS_AT = {3: None, 7: None, 4: 3, 8: 3}
"""By length: where the status is."""
_CLIMATE_LENGTH = 4
_STATUS_LENGTH = 2
_NO_ECHO = 4

_STATES = (Reading("battery_charging", 0.0), Reading("battery_charging", 1.0))


def _fault(status: int) -> Absent:
    return Absent("fill_distance", Reason.NOT_AVAILABLE if status == _NO_ECHO else Reason.DEVICE_ERROR)


def _data(payload: bytes) -> Decoded:
    length = len(payload)
    if length not in _STATUS_AT:
        raise WrongLength(f"{length} bytes; a measurement has 3, 4, 7 or 8")
    at = _STATUS_AT[length]
    status = 0 if at is None else payload[at]
    distance = _fault(status) if status else Reading("fill_distance", u16_be(payload, 1) * 10.0)
    values = (voltage(payload[0]), _STATES[0], distance)
    if length > _CLIMATE_LENGTH:
        return gather((*values, *climate(payload, length - _CLIMATE_LENGTH)))
    return gather(values)


def _decode(payload: bytes, f_port: int) -> Decoded:
    if f_port == _DATA:
        return _data(payload)
    if f_port == _CHARGING:
        if not payload:
            raise WrongLength("empty payload")
        return Decoded((voltage(payload[0]), _STATES[1]))
    if len(payload) != _STATUS_LENGTH:
        raise WrongLength(f"{len(payload)} bytes; a status message has {_STATUS_LENGTH}")
    status = (_fault(payload[1]),) if payload[1] else ()
    return Decoded((voltage(payload[0]), _STATES[0]), status)


DECODER = Decoder(
    vendor="Teneo",
    model="Filling Degree",
    ports=(_DATA, _STATUS, _CHARGING),
    quantities=("fill_distance", "air_temperature", "humidity", "battery_voltage", "battery_charging"),
    decode=_decode,
    aliases=("Filling Degree Sensor", "Teneo IoT Filling Degree Sensor"),
    verified=True,
    differs=("The maker's decoder gives the distance in cm; here it is in mm.",),
)
