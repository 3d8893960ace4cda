# ruff: noqa: N999  (the model begins with a digit)
"""MClimate 16ASPM, 16A Switch & Power Meter: a relay in the wall that meters what passes.

Source: TheThingsNetwork/lorawan-devices, vendor/mclimate, 16aspm-codec.yaml and its decoder. The frame is in
`protocol`; the keep-alive has 12 bytes, most significant first:

    1    temperature inside, °C    6-7   power, W    9-10  current, mA
    2-5  energy, Wh                8     voltage, V  11    relay, 1 is on
"""

from __future__ import annotations

from decoders.base import Decoder, Reading
from decoders.bits import u16_be, u32_be
from decoders.mclimate.protocol import PORT, KeepAlive, reader

_COMMANDS = {
    0x1F: 1, 0x21: 2, 0x23: 1, 0x25: 2, 0x5A: 1, 0x5C: 1, 0x5D: 1, 0x5F: 1, 0x60: 2, 0x61: 3, 0x62: 3, 0x63: 3,
    0x70: 2, 0x71: 2, 0x72: 1, 0x73: 1, 0xA0: 4, 0xB1: 1,
}  # fmt: skip


def _read(payload: bytes, at: int) -> tuple[Reading, ...]:
    return (
        Reading("energy", u32_be(payload, at + 2) / 1000),
        Reading("power", float(u16_be(payload, at + 6))),
        Reading("voltage", float(payload[at + 8])),
        Reading("current", u16_be(payload, at + 9) / 1000),
        Reading("switch", float(payload[at + 11] == 1)),
        Reading("device_temperature", float(payload[at + 1])),
    )


DECODER = Decoder(
    vendor="MClimate",
    model="16ASPM",
    ports=PORT,
    quantities=("energy", "power", "voltage", "current", "switch", "device_temperature"),
    decode=reader(KeepAlive(0x01, 12, _read, _COMMANDS)),
    wraps={"energy": 2**32 / 1000},
    aliases=("16A Switch & Power Meter",),
    verified=True,
    differs=("Energy: unsigned, where the maker's decoder turns negative beyond 2147483.647 kWh.",),
)
