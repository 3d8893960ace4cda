"""MClimate Multipurpose Button: a button that tells one, two and three presses apart, with a thermistor inside.

Source: TheThingsNetwork/lorawan-devices, vendor/mclimate, mc-button-codec.yaml and mc-button.js; the meaning of the
presses from akenza-io/device-type-library, types/mclimate/button. The frame is in `protocol`; the keep-alive has 5
bytes:

    1  battery, 1.6 V and 8 mV for each    2  bit 2 no thermistor, bits 1-0 and
    4  presses, 0 to 3                     3  temperature, 0.1 °C

The number of presses is not told, only whether there was one.
"""

from __future__ import annotations

from decoders.base import Absent, Decoder, OutOfRange, Reading, Reason
from decoders.bits import u16_be
from decoders.mclimate.protocol import PORT, KeepAlive, reader, voltage

_NO_THERMISTOR, _THERMISTOR = 0x04, 0x03FF
_PRESSES = 3
_COMMANDS = {0x1F: 1, 0xB1: 3, 0xB2: 3, 0xB3: 3}


def _read(payload: bytes, at: int) -> tuple[Reading | Absent, ...]:
    presses = payload[at + 4]
    if presses > _PRESSES:
        raise OutOfRange(f"{presses} presses at position {at + 4}; 0 to {_PRESSES} are defined")
    inside: Reading | Absent = Absent("device_temperature", Reason.NOT_CONNECTED)
    if not payload[at + 2] & _NO_THERMISTOR:
        inside = Reading("device_temperature", (u16_be(payload, at + 2) & _THERMISTOR) / 10)
    return (Reading("button", float(presses > 0)), inside, voltage(payload[at + 1]))


DECODER = Decoder(
    vendor="MClimate",
    model="Multipurpose Button",
    ports=PORT,
    quantities=("button", "device_temperature", "battery_voltage"),
    decode=reader(KeepAlive(0x01, 5, _read, _COMMANDS)),
    verified=True,
)
