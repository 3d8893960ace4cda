"""Arwin LRS20100: temperature and humidity.

Source: Arwin Technology; the ports are described in `protocol`. FPort 10, nine bytes:

    0     sensor type        01
    1     events             bit 0 heartbeat, 2 and 3 temperature high and low, 4 and 5 humidity high and low
    2     battery            1 byte, %
    3..4  temperature        2 bytes, signed, 0.1 °C
    5..6  humidity           2 bytes, 0.1 %
    7..8  reserved
"""

from __future__ import annotations

from decoders.arwin.protocol import ABOUT, DATA, reader
from decoders.base import Decoder, Reading
from decoders.bits import i16_be, u16_be

_ALARMS = 0b11_1100


def _read(payload: bytes) -> tuple[Reading, ...]:
    return (
        Reading("alarm", float(payload[1] & _ALARMS != 0)),
        Reading("battery", float(payload[2])),
        Reading("air_temperature", i16_be(payload, 3) / 10),
        Reading("humidity", u16_be(payload, 5) / 10),
    )


DECODER = Decoder(
    vendor="Arwin",
    model="LRS20100",
    ports=(DATA, *ABOUT),
    quantities=("air_temperature", "humidity", "alarm", "battery"),
    decode=reader({DATA: (9, _read)}, kind=1),
    aliases=("RAK LRS20100",),
    verified=True,
)
