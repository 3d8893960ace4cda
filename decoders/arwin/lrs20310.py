"""Arwin LRS20310: water leak, by a rope.

Source: Arwin Technology; the ports are described in `protocol`. FPort 10, six bytes:

    0     sensor type        05
    1     events             bit 0 heartbeat, 2 water, 3 cable broken
    2     battery            1 byte, %
    3     level of water     1 byte, passed over: its scale is the device's own
    4..5  reserved
"""

from __future__ import annotations

from decoders.arwin.protocol import ABOUT, DATA, reader
from decoders.base import Decoder, Reading

_WATER, _BROKEN = 0b0100, 0b1000


def _read(payload: bytes) -> tuple[Reading, ...]:
    return (
        Reading("leak", float(payload[1] & _WATER != 0)),
        Reading("sensor_fault", float(payload[1] & _BROKEN != 0)),
        Reading("battery", float(payload[2])),
    )


DECODER = Decoder(
    vendor="Arwin",
    model="LRS20310",
    ports=(DATA, *ABOUT),
    quantities=("leak", "sensor_fault", "battery"),
    decode=reader({DATA: (6, _read)}, kind=5),
    aliases=("RAK LRS20310",),
    verified=True,
    differs=("The level of water, a number without a unit, is not told; the device's own alert is.",),
)
