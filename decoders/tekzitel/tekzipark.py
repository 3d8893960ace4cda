"""Tekzitel TEKZIPARK: a parking sensor with magnetometer and radar that also looks for the driver's beacon.

Source: TheThingsNetwork/lorawan-devices, vendor/tekzitel/tekzipark-codec.yaml and tekzipark.js.

    FPort 1  flags (1 byte), temperature (1, signed, °C), number of the space (1), and where a beacon was looked for
             its strength (1, signed, dBm) and the beacons heard (2 each)
    FPort 2  debug: the same three, then 9 bytes of the magnetometer, the fault code and the radar

Flags: bit 7 occupied, 5 battery good, 4 radar obstructed, 3 seen by the radar, 2 no beacon, 1 restarted, 0 keep-alive.
Beacons and the raw values of the debug message are not told. The maker's decoder lets the radar's own count of the
debug message overwrite the obstructed flag; the flag is taken from the flags in both.
"""

from __future__ import annotations

from decoders.base import Decoded, Decoder, Reading, WrongLength
from decoders.bits import i8

_STATUS_PORT, _DEBUG_PORT = 1, 2
_SHORT, _DEBUG_LENGTH = 3, 12

_OCCUPIED, _GOOD_BATTERY, _OBSTRUCTED, _RESTARTED = 0x80, 0x20, 0x10, 0x02


def _decode(payload: bytes, f_port: int) -> Decoded:
    length = len(payload)
    if f_port == _DEBUG_PORT:
        if length != _DEBUG_LENGTH:
            raise WrongLength(f"{length} bytes; a debug message has {_DEBUG_LENGTH}")
    elif length < _SHORT or (length > _SHORT and length % 2):
        raise WrongLength(f"{length} bytes; a status has 3, or 4 and 2 for each beacon")
    flags = payload[0]
    return Decoded(
        (
            Reading("parking_occupied", float(flags & _OCCUPIED != 0)),
            Reading("device_temperature", float(i8(payload, 1))),
            Reading("battery_low", float(flags & _GOOD_BATTERY == 0)),
            Reading("occlusion", float(flags & _OBSTRUCTED != 0)),
            Reading("restart", float(flags & _RESTARTED != 0)),
        )
    )


DECODER = Decoder(
    vendor="Tekzitel",
    model="TEKZIPARK",
    ports=(_STATUS_PORT, _DEBUG_PORT),
    quantities=("parking_occupied", "device_temperature", "battery_low", "occlusion", "restart"),
    decode=_decode,
    verified=True,
    differs=(
        "The number of the space (`Parking_ID`) is not told: it is an identity, and the device has one of its own.",
        "What the radar alone saw, and the beacons, are not told.",
    ),
)
