"""Nwave NPS310SM: a parking sensor on the surface, the generation before NPS405.

Source: TheThingsNetwork/lorawan-devices, vendor/nwave/nps310sm-codec.yaml and nps310sm.js. The port says what it is:

    1  parking status  1 byte: bit 0 occupied
    2  heartbeat       1 byte: bit 0 occupied
    3  start-up        5 bytes: firmware (3), cause of the reset, bit 0 occupied
    6  debug: no measurement
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder
from decoders.nwave.protocol import DEBUG, HEARTBEAT, STARTUP, STATUS, expect, occupied, restart


def _decode(payload: bytes, f_port: int) -> Decoded:
    if f_port == DEBUG:
        return Decoded(())
    if f_port == STARTUP:
        expect(payload, 5)
        return Decoded((occupied(payload[4]), restart(payload)))
    expect(payload, 1)
    return Decoded((occupied(payload[0]),))


DECODER = Decoder(
    vendor="Nwave",
    model="NPS310SM",
    ports=(STATUS, HEARTBEAT, STARTUP, DEBUG),
    quantities=("parking_occupied", "restart"),
    decode=_decode,
    verified=True,
)
