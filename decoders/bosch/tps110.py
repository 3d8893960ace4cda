"""Bosch TPS110 (PLS): a parking sensor in or on the ground, with magnetometer and radar.

Source: TheThingsNetwork/lorawan-devices, vendor/bosch/tps110-0292-codec.yaml and its decoder (firmware 0.29);
thingsboard/data-converters, VENDORS/Bosch, guide; akenza-io/device-type-library, types/bosch/parkingLotSensor0_39. All
follow Bosch's Communication Interface - Technical Description, whose own text was not at hand. Firmware 0.39 sends the
same on ports 1 to 3. The port says what the message is:

    1  parking status  1 byte: bit 0 is 1 when the space is occupied; sent when it changes
    2  heartbeat       1 byte as on port 1, since V0.29 followed by 1 byte temperature, signed, °C
    3  start-up        12 bytes debug, 3 bytes firmware, 1 byte cause of the reset, 1 byte as on port 1
    4  device information, 6  debug: no measurement
    5  device usage, sent on request: an identifier and totals over the device's life

The other bits of the status are reserved and not looked at. The totals of port 5 are not read: the sources
give no unit for the times among them.
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder, Reading, UnsupportedMessage, WrongLength
from decoders.bits import i8

_HEARTBEAT, _STARTUP, _INFORMATION, _USAGE, _DEBUG = 2, 3, 4, 5, 6
_STARTUP_LENGTH, _STARTUP_STATUS = 17, 16
_STATUS_ALONE, _WITH_TEMPERATURE = 1, 2

_STATES = (Reading("parking_occupied", 0.0), Reading("parking_occupied", 1.0))
_RESTARTED = Reading("restart", 1.0)


def _decode(payload: bytes, f_port: int) -> Decoded:
    if f_port in {_INFORMATION, _DEBUG}:
        return Decoded(())
    if f_port == _USAGE:
        raise UnsupportedMessage("device usage (FPort 5): totals over the device's life, of unknown unit")
    if f_port == _STARTUP:
        if len(payload) != _STARTUP_LENGTH:
            raise WrongLength(f"{len(payload)} bytes; a start-up message has {_STARTUP_LENGTH}")
        return Decoded((_STATES[payload[_STARTUP_STATUS] & 1], _RESTARTED))
    if len(payload) == _STATUS_ALONE:
        return Decoded((_STATES[payload[0] & 1],))
    if len(payload) == _WITH_TEMPERATURE:
        return Decoded((_STATES[payload[0] & 1], Reading("device_temperature", float(i8(payload, 1)))))
    raise WrongLength(f"{len(payload)} bytes; a status has 1, with a temperature 2")


DECODER = Decoder(
    vendor="Bosch",
    model="TPS110",
    ports=(1, _HEARTBEAT, _STARTUP, _INFORMATION, _USAGE, _DEBUG),
    quantities=("parking_occupied", "device_temperature", "restart"),
    decode=_decode,
    aliases=("PLS", "Parking Lot Sensor"),
    verified=True,
)
