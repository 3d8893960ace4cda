"""Nwave NCC405 (SM on the surface, FM flush with it; G4): counts the vehicles that pass over it.

Source: TheThingsNetwork/lorawan-devices, vendor/nwave/ncc405-codec.yaml and ncc405.js; thingsboard/data-converters,
VENDORS/Nwave/G4_NCC_SM, guide. The port says what the message is, most significant byte first:

    1  counter    2 bytes: vehicles since the last restart, the low 16 bits of the counter
    2  heartbeat  3 bytes: errors; battery now and its mean of 24 hours, 2500 mV + 4 mV for each
    3  start-up   4 bytes: firmware (3), cause of the reset, 0 for a new join only; the counter is 0 after a reset
    6  debug: no measurement

The guide has the battery as 2400 mV + 5 mV for each and the errors in the low 5 bits; the maker's decoder and its
example have 2500 mV + 4 mV, and the high 5 bits. The decoder's voltage is taken; the two differ by 0.1 V at most
between 2.5 and 3.5 V. The errors are not told.
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder, Reading
from decoders.bits import u16_be
from decoders.nwave.protocol import DEBUG, HEARTBEAT, STARTUP, STATUS, expect, restart, voltage


def _decode(payload: bytes, f_port: int) -> Decoded:
    if f_port == DEBUG:
        return Decoded(())
    if f_port == HEARTBEAT:
        expect(payload, 3)
        return Decoded((voltage(payload[1]),))
    if f_port == STARTUP:
        expect(payload, 4)
        return Decoded((restart(payload),))
    expect(payload, 2)
    return Decoded((Reading("vehicles", float(u16_be(payload, 0))),))


DECODER = Decoder(
    vendor="Nwave",
    model="NCC405",
    ports=(STATUS, HEARTBEAT, STARTUP, DEBUG),
    quantities=("vehicles", "battery_voltage", "restart"),
    decode=_decode,
    wraps={"vehicles": 2**16},
    aliases=("NCC405SM", "NCC405FM"),
    verified=True,
)
