"""Nwave NPS405 (SM on the surface, FM flush with it; G4): a parking sensor.

Source: thingsboard/data-converters, VENDORS/Nwave/G4_NPS_SM, guide, which repeats the tables of Nwave's Getting
Started, chapter 4.2; TheThingsNetwork/lorawan-devices, vendor/nwave/nps405-codec.yaml. The port says what the message
is:

    1   parking status  1 byte: bit 0 occupied, bits 1-7 how long the state before lasted, compressed
    2   heartbeat       6 bytes: bit 0 occupied (bits 0-6 are also the health mask); battery, 2500 mV + 4 mV for each;
                        temperature when the battery was measured, signed, half degrees over 10 °C; lowest and highest
                        temperature of 24 hours, coded alike; mean current, 10 µA
    3   start-up        5 bytes: firmware (3), cause of the reset, 0 for a new join only; bit 0 occupied
    6   debug: no measurement
    10  registration of a tag  as port 1, the tag's battery (in newer firmware only), 4 bytes the tag's number

In a registration bit 0 set is read as occupied; where it is 0 the maker's decoder leaves the state open, and nothing
is read from it. How long the state before lasted is not told: the times of the messages say the same.
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder, Reading
from decoders.bits import i8
from decoders.nwave.protocol import DEBUG, HEARTBEAT, STARTUP, STATUS, expect, occupied, restart, voltage

_REGISTRATION = 10


def _heartbeat(payload: bytes) -> Decoded:
    expect(payload, 6)
    temperature = Reading("device_temperature", i8(payload, 2) / 2 + 10)
    return Decoded((occupied(payload[0]), voltage(payload[1]), temperature))


def _decode(payload: bytes, f_port: int) -> Decoded:
    if f_port == DEBUG:
        return Decoded(())
    if f_port == HEARTBEAT:
        return _heartbeat(payload)
    if f_port == STARTUP:
        expect(payload, 5)
        return Decoded((occupied(payload[4]), restart(payload)))
    if f_port == _REGISTRATION:
        expect(payload, 5, 6)
        return Decoded((occupied(payload[0]),) if payload[0] & 1 else ())
    expect(payload, 1)
    return Decoded((occupied(payload[0]),))


DECODER = Decoder(
    vendor="Nwave",
    model="NPS405",
    ports=(STATUS, HEARTBEAT, STARTUP, DEBUG, _REGISTRATION),
    quantities=("parking_occupied", "battery_voltage", "device_temperature", "restart"),
    decode=_decode,
    aliases=("NPS405SM", "NPS405FM"),
    verified=True,
)
