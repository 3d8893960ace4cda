"""Adeunis Breath: particulate matter and organic compounds in the air of a room, two digital inputs.

Source: Adeunis user guide and the maker's codec (TheThingsNetwork/lorawan-devices, vendor/adeunis, breath). FPort 1.
The frame is described in `protocol`. Frames, with the places of their data:

    6d  samples of 8 bytes: TVOC, PM10, PM2.5, PM1: 2 bytes each, µg/m³
    6e  alarm: which 1 (bits 0 to 3), then one sample
    51, 52  a digital input changed, see `protocol`

Bit 4 of the status is a sensor error; the maker's codec masks it with 16 in hexadecimal and so takes a low battery for
one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decoders.adeunis.protocol import INPUTS, ONLY_NEWEST, PORT, Frame, bit, every, of, u16
from decoders.base import Decoder

if TYPE_CHECKING:
    from collections.abc import Callable

    from decoders.base import Reading

_QUANTITIES = ("tvoc", "pm10", "pm2_5", "pm1")


def _sample(at: int) -> list[Callable[[bytes], Reading]]:
    return [u16(quantity, at + 2 * index) for index, quantity in enumerate(_QUANTITIES)]


_TABLE = {
    0x6D: Frame(every(*_sample(2), bit("sensor_fault", 1, 0x10)), 0, 8),
    0x6E: Frame(every(*_sample(3), bit("alarm", 2, 0x0F), bit("sensor_fault", 1, 0x10)), 9),
    **INPUTS,
}


DECODER = Decoder(
    vendor="Adeunis",
    model="Breath",
    ports=(PORT,),
    quantities=("pm2_5", "pm10", "pm1", "tvoc", "alarm", "sensor_fault", "input", "pulses", "battery_low"),
    decode=of(_TABLE),
    wraps={"pulses": 2**32},
    verified=True,
    differs=(
        ONLY_NEWEST,
        "Sensor error: bit 4 of the status alone; the maker's codec also takes a low battery for it.",
    ),
)
